// SPDX-License-Identifier: MIT
#pragma once

#include "engine/left_entry.hpp"
#include "engine/schedule.hpp"
#include "wire/bytes.hpp"

#include <pmp/lease.hpp>
#include <pmp/network.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace pmp {

/// One request for one mapping, whichever protocol carries it. Rebuilt for each sending: requests
/// are hints about what is wanted now (RFC 6887 6).
struct lease_request {
    transport protocol = transport::tcp;
    /// What is to be reached.
    endpoint internal;
    endpoint suggested;
    /// Zero: delete.
    std::chrono::seconds lifetime{};
    std::array<std::byte, 12> nonce{};
    /// What the present lease has been assigned, if there is one.
    std::optional<endpoint> assigned{};
    /// No other external port will do.
    bool exact = false;
    /// For the gateway's own table.
    std::string description{};
    /// That under which the present lease was made, if that may be another.
    std::string made_as{};
    /// What is at `assigned` is known to have been made by us, whatever it is called there.
    bool made = false;
    /// This host's address, where `internal` is another's.
    std::optional<ip_address> sender{};
    /// The remote hosts to let in; empty: all.
    std::vector<remote_prefix> allow{};
    /// There is a lease, and this keeps it from running out.
    bool renews = false;
    /// Somebody chose the lifetime, though it is the default.
    bool lifetime_chosen = false;
    /// The lease that there is should have ended by now.
    bool overdue = false;
    /// Of a deletion: what is at `assigned` could not be looked at.
    bool unseen = false;
    /// Of a deletion: it is about that one.
    std::optional<left_entry> left{};
};

struct refused_deletion {
    std::uint16_t external_port = 0;
    error_code error{};
};

/// What a gateway's datagram says of one mapping.
struct lease_answer {
    transport protocol = transport::tcp;
    /// Absent where the answer does not say which mapping it is about: it can only be the one
    /// that was asked for last.
    std::optional<std::uint16_t> internal_port;
    /// Absent in protocols without nonces.
    std::optional<std::array<std::byte, 12>> nonce;
    std::uint32_t epoch = 0;
    /// Success: granted, or deleted.
    error_code error;
    /// The address is unspecified where this protocol's answer does not carry it.
    endpoint assigned;
    std::chrono::seconds lifetime{};
    /// Of an error: how long to hold back; zero where the gateway has not said.
    std::chrono::seconds retry_after{};
    /// Whether it confirms a deletion, if one was asked for.
    bool deleted = false;
    /// It does not end by itself.
    bool permanent = false;
    /// That is only presumed.
    bool presumed = false;
    verification verified = verification::none;
    /// The host that it leads to, where that is not the one that asked.
    std::optional<ip_address> third_party{};
    /// It lets in those remote hosts alone that it was asked for.
    bool filtered = false;
    /// Nothing was made: what it asks for is let in without.
    bool needless = false;
    /// That of the request.
    std::optional<left_entry> left{};
    /// Of a refusal: what there was is not there any more.
    bool gone = false;
    /// Of a grant: an earlier entry still stands, as its deletion was refused.
    std::optional<refused_deletion> undeleted{};
};

/// The gateway's external address, asked for or announced; or a sign of life without one.
struct gateway_news {
    std::uint32_t epoch = 0;
    error_code error;
    std::optional<ip_address> external;
};

/// The gateway does not speak this dialect.
struct not_spoken {
    error_code error;
    /// How long the gateway wants to be left alone with it; zero where it has not said.
    std::chrono::seconds retry_after{};
};

/// The datagram is of another dialect, or broken.
struct not_heard {};

using heard = std::variant<not_heard, lease_answer, gateway_news, not_spoken>;

/// One protocol's rules, and what gateways do wrong in it; nothing of schedules, and no memory of
/// what was said.
class dialect {
public:
    dialect() = default;
    dialect(dialect const&) = delete;
    dialect& operator=(dialect const&) = delete;
    virtual ~dialect() = default;

    virtual dialect_id id() const = 0;
    virtual pmp::patience patience() const = 0;
    /// One request at a time, whatever the gateway's pace (RFC 6886 3.1).
    virtual bool one_at_a_time() const = 0;
    /// Answers for mappings do not tell the external address: it has to be asked for.
    virtual bool asks_for_address() const = 0;

    /// Why the protocol has no words for that request; success: it has.
    virtual error_code lacks(lease_request const&) const = 0;
    /// How long to leave the gateway alone after a refusal, given what it said itself.
    virtual std::chrono::seconds hold_off(error_code, std::chrono::seconds said) const = 0;
};

/// One that says all in one datagram, and hears all in one.
class datagram_dialect : public dialect {
public:
    virtual wire::bytes ask(lease_request const&) const = 0;
    /// Changes nothing at the gateway and makes it answer: with its external address where the
    /// protocol can.
    virtual wire::bytes probe(ip_address const& internal) const = 0;
    virtual heard hear(std::span<std::byte const>) const = 0;
    /// The same where nothing else is spoken to the gateway: all that it says is about this.
    virtual heard hear_alone(std::span<std::byte const> datagram) const { return hear(datagram); }
};

/// Null where it is not spoken by datagrams, or not by this library.
datagram_dialect const* find_dialect(dialect_id);

} // namespace pmp
