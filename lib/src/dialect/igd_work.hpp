// SPDX-License-Identifier: MIT
#pragma once

#include "dialect/dialect.hpp"
#include "wire/soap.hpp"

#include <chrono>
#include <optional>
#include <utility>
#include <variant>

namespace pmp {

/// The next action to ask for, or how it ended. An address that is left unspecified is the
/// gateway's external one.
using igd_step = std::variant<wire::soap::call, lease_answer>;

/// WANIPConnection:2 2.5.16: what a control point should ask for.
inline constexpr std::chrono::seconds usual_lease{3600};

/// True of the errors of a service that does not have the action.
bool says_no_action(int code);
/// True of the errors of a table that does not have the entry.
bool says_no_entry(int code);
/// The answer to a deletion: the entry is still there, for all that is known.
bool refuses_deletion(wire::soap::reply const&);

/// The host that it is for, where that is not this one.
std::optional<ip_address> third_party_of(lease_request const&);
/// About that mapping, and nothing said yet.
lease_answer answer_to(lease_request const&);

/// What a request may leave in the gateway's table, whether or not its answer is heard.
struct possible_entry {
    transport protocol = transport::tcp;
    std::uint16_t internal_port = 0;
    /// The host that it leads to, where that is not this one.
    std::optional<ip_address> third_party{};
    std::uint16_t external_port = 0;
    /// Zero: it does not end by itself.
    std::chrono::seconds lease{};
};

/// All that it takes to make, renew or delete one mapping: which actions, in which order, and what
/// to make of each refusal.
class igd_work {
public:
    explicit igd_work(lease_request wish) : wish_(std::move(wish)) {}
    igd_work(igd_work const&) = delete;
    igd_work& operator=(igd_work const&) = delete;
    virtual ~igd_work() = default;

    lease_request const& request() const { return wish_; }
    virtual igd_step begin() = 0;
    virtual igd_step hear(wire::soap::reply const&) = 0;
    /// What ends that which may have been made by now, where there is no time to hear more.
    virtual lease_request ending() const = 0;
    /// What the action that is under way may make, where that has to be known once it is.
    virtual std::optional<possible_entry> may_make() const { return {}; }
    /// What has been brought about by now, where what is left to do changes nothing of that.
    virtual std::optional<lease_answer> achieved() const { return {}; }
    /// The table is being looked at, and nothing has been done yet.
    virtual bool looks() const { return false; }

protected:
    bool deletes() const { return wish_.lifetime == std::chrono::seconds(0); }
    lease_answer deleted() const;
    lease_answer fail(error_code) const;

    lease_request wish_;
};

} // namespace pmp
