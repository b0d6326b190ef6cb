// SPDX-License-Identifier: MIT
#pragma once

#include "dialect/dialect.hpp"

namespace pmp {

/// UPnP IGD, as far as it is like the others. The conversation itself is `igd_session`'s: it has
/// memory, and takes several exchanges for one answer.
class igd_dialect final : public dialect {
public:
    dialect_id id() const override { return dialect_id::igd; }
    pmp::patience patience() const override;
    bool one_at_a_time() const override { return true; }
    bool asks_for_address() const override { return false; }
    error_code lacks(lease_request const&) const override;
    std::chrono::seconds hold_off(error_code, std::chrono::seconds said) const override;
};

igd_dialect const& the_igd_dialect();

} // namespace pmp
