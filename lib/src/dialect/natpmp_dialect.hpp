// SPDX-License-Identifier: MIT
#pragma once

#include "dialect/dialect.hpp"

namespace pmp {

/// RFC 6886.
class natpmp_dialect final : public datagram_dialect {
public:
    dialect_id id() const override { return dialect_id::nat_pmp; }
    pmp::patience patience() const override;
    bool one_at_a_time() const override { return true; }
    bool asks_for_address() const override { return true; }

    wire::bytes ask(lease_request const&) const override;
    wire::bytes probe(ip_address const& internal) const override;
    heard hear(std::span<std::byte const>) const override;
    heard hear_alone(std::span<std::byte const>) const override;
    error_code lacks(lease_request const&) const override;
    std::chrono::seconds hold_off(error_code, std::chrono::seconds said) const override;
};

} // namespace pmp
