// SPDX-License-Identifier: MIT
#include "engine/inquiry.hpp"

#include "dialect/flaw.hpp"
#include "engine/negotiation.hpp"
#include "engine/origin.hpp"

#include <algorithm>
#include <utility>

namespace pmp {

namespace {

using std::chrono::seconds;

constexpr auto never = time_point::max();
/// Longer where all that it has said is of no use.
constexpr seconds rest_of_silence{3};
/// Of the mapping that is made for nothing but its answer. Gateways grant no less than two minutes
/// (RFC 6887 15).
constexpr seconds scratch_lifetime{120};

} // namespace

inquiry::inquiry(inquiry_settings const& settings, secret const& key, std::uint64_t seed)
    : settings_(settings), book_(memory{key, {}}), jitter_(seed) {}

void inquiry::begin(gateway_view const& gateway, time_point now) {
    gateway_ = gateway;
    bool const one_answer = settings_.aim == inquiry_aim::external_address;
    for (auto const id : gateway.protocols) {
        if (id == dialect_id::igd) {
            igd_.emplace(gateway_, jitter_, exchanges_);
            search_at_ = now + settings_.search_delay;
            continue;
        }
        auto const* const d = find_dialect(id);
        if (d == nullptr) {
            continue;
        }
        auto& q = questions_.emplace_back();
        q.in = d;
        q.maps = one_answer && !d->asks_for_address();
        q.due = now;
    }
    if (one_answer) {
        stagger(now);
    }
    if (questions_.empty() && !igd_) {
        end(fault::gateway_unreachable);
    }
    send_due(now);
    tick_search(now);
}

/// What leaves no trace at the gateway is asked first, and mapped is where that has failed, now or
/// before.
void inquiry::stagger(time_point now) {
    std::stable_partition(questions_.begin(), questions_.end(), [&](question const& q) {
        return q.maps == settings_.maps_first;
    });
    for (std::size_t i = 1; i < questions_.size(); ++i) {
        auto const least = questions_[i].maps ? trial_delay : milliseconds{0};
        questions_[i].due = now + std::max(settings_.fallback_delay, least);
    }
}

void inquiry::send_due(time_point now) {
    for (auto& q : questions_) {
        if (!q.settled && q.due <= now) {
            send(q, now);
        }
    }
}

void inquiry::send(question& q, time_point now) {
    if (q.maps) {
        send_map(*q.in, scratch_lifetime);
        mapped_in_ = q.in;
    } else {
        outbox_.emplace_back(outbound_datagram{
            gateway_.name, {gateway_.address, gateway_port}, q.in->probe(gateway_.internal)});
    }
    auto const wait = q.attempt.sent(q.in->patience(), jitter_);
    q.due = q.attempt.spent() ? never : now + wait;
}

void inquiry::send_map(datagram_dialect const& d, seconds lifetime) {
    auto const& key = settings_.scratch;
    lease_request const wish{
        key.protocol,
        {gateway_.internal, key.internal.port},
        {},
        lifetime,
        book_.nonce(gateway_.address, key)};
    outbox_.emplace_back(outbound_datagram{
        gateway_.name, {gateway_.address, gateway_port}, d.ask(wish)});
}

void inquiry::datagram(inbound_datagram const& in, time_point now) {
    if (outcome_ || in.destination.address.is_multicast() || !is_from(gateway_, in)) {
        return;
    }
    bool const alone = gateway_.protocols.size() == 1;
    for (auto& q : questions_) {
        if (take(q, alone ? q.in->hear_alone(in.bytes) : q.in->hear(in.bytes), now)) {
            conclude(now);
            return;
        }
    }
    note_flaw(in.bytes);
}

/// What is well-formed and was not asked for has another nonce, port or protocol. That a dialect
/// is not spoken may be told more often than asked.
void inquiry::note_flaw(std::span<std::byte const> datagram) {
    bool understood = false;
    bool denied = false;
    for (auto const& q : questions_) {
        auto const said = q.in->hear(datagram);
        understood = understood || !std::holds_alternative<not_heard>(said);
        denied = denied || std::holds_alternative<not_spoken>(said);
    }
    if (!denied) {
        flaw_ = understood ? error_code(fault::bad_value) : flaw_of(datagram, gateway_.protocols);
    }
}

/// True where the datagram answers that question.
bool inquiry::take(question& q, heard const& said, time_point now) {
    return q.attempt.sends() > 0 &&
           std::visit([&](auto const& what) { return take(q, what, now); }, said);
}

bool inquiry::take(question& q, lease_answer const& answer, time_point /*now*/) {
    auto const& key = settings_.scratch;
    auto const ours = answer.protocol == key.protocol &&
                      answer.internal_port.value_or(key.internal.port) == key.internal.port &&
                      (!answer.nonce || *answer.nonce == book_.nonce(gateway_.address, key));
    if (!q.maps || !ours) {
        return false;
    }
    q.epoch = answer.epoch;
    auto const none = answer.assigned.address.is_unspecified();
    settle(q, answer.error || !none ? answer.error : fault::no_external_address);
    if (!q.error) {
        take_address(q, answer.assigned.address);
    }
    return true;
}

bool inquiry::take(question& q, gateway_news const& said, time_point /*now*/) {
    q.epoch = said.epoch;
    auto const tells = q.in->asks_for_address();
    auto const none = !said.external || said.external->is_unspecified();
    if (q.maps || q.settled) {
        flaw_ = q.settled ? flaw_ : error_code(fault::bad_opcode);
        return true;
    }
    settle(q, said.error || !tells || !none ? said.error : fault::no_external_address);
    if (!q.error && tells) {
        take_address(q, *said.external);
    }
    return true;
}

/// RFC 6887 9: a gateway of a version of PCP that is not known here denies both dialects in the
/// same words, one answer each.
bool inquiry::take(question& q, not_spoken const& said, time_point /*now*/) {
    if (mapped_in_ == q.in) {
        mapped_in_ = nullptr;
    }
    if (q.settled) {
        return false;
    }
    settle(q, said.error);
    return true;
}

bool inquiry::take(question& /*q*/, not_heard const& /*said*/, time_point /*now*/) {
    return false;
}

void inquiry::take_address(question const& q, ip_address const& address) {
    if (!address_) {
        address_ = address;
        told_by_.via = q.in->id();
        told_by_.epoch = *q.epoch;
        told_by_mapping_ = q.maps;
    }
}

void inquiry::settle(question& q, error_code error) {
    q.settled = true;
    q.due = never;
    q.error = error;
}

/// Ends it where everything is known, or cannot be.
void inquiry::conclude(time_point now) {
    if (settings_.aim == inquiry_aim::external_address && address_) {
        end({});
        return;
    }
    bool open = false;
    if (igd_speaks_) {
        closes_at_ = std::min(closes_at_, now + rest_of_answers);
    } else if (igd_settled_ && igd_->found_by().replies != 0) {
        closes_at_ = std::min(closes_at_, now + rest_of_silence);
    }
    for (auto& q : questions_) {
        if (q.epoch) {
            closes_at_ = std::min(closes_at_, now + rest_of_answers);
        }
        if (!q.settled) {
            open = true;
            // What was asked first has failed, or what was asked beside it may have been lost.
            q.due = q.attempt.sends() == 0 ? now : std::min(q.due, now + trial_delay);
        }
    }
    if (!open && awaits_igd()) {
        limit_search(now);
        open = true;
    }
    if (give_igd_time(now)) {
        return;
    }
    if (!open || closes_at_ <= now) {
        if (!begin_mapping(now)) {
            end(verdict());
        }
        return;
    }
    send_due(now);
    if (awaits_igd()) {
        search_at_ = search_at_ == never ? never : now;
        tick_search(now);
    }
}

/// The address of a gateway that tells it of mappings alone.
bool inquiry::begin_mapping(time_point now) {
    if (settings_.aim != inquiry_aim::everything || address_) {
        return false;
    }
    for (auto& q : questions_) {
        if (q.epoch && !q.maps && !q.in->asks_for_address()) {
            q.maps = true;
            q.settled = false;
            q.attempt.restart();
            closes_at_ = now + rest_of_answers;
            send(q, now);
            return true;
        }
    }
    return false;
}

/// A refusal says more than that a dialect is not spoken.
error_code inquiry::verdict() const {
    auto const spoke = std::find_if(questions_.begin(), questions_.end(), [](question const& q) {
        return q.epoch.has_value();
    });
    auto const spoken = spoke != questions_.end();
    auto const trouble = igd_ ? igd_->trouble() : error_code();
    if (!spoken && !igd_speaks_ && trouble) {
        return trouble;
    }
    if (!spoken && !igd_speaks_) {
        return questions_.empty() ? igd_error_ : questions_.back().error;
    }
    if (settings_.aim == inquiry_aim::everything) {
        return {};
    }
    if (igd_speaks_ && (!spoken || !spoke->error)) {
        // What is still under way has not been refused.
        return trouble && trouble != fault::no_http ? trouble
                                                    : error_code(fault::no_external_address);
    }
    return spoke->error ? spoke->error : silence();
}

/// That nothing answered, or why nothing that came is an answer.
error_code inquiry::silence() const {
    return flaw_ ? flaw_ : error_code(fault::gateway_silent);
}

void inquiry::end(error_code error) {
    if (outcome_) {
        return;
    }
    outcome_ = error;
    if (mapped_in_ != nullptr) {
        send_map(*std::exchange(mapped_in_, nullptr), seconds(0));
    }
}

void inquiry::unreachable(time_point now) {
    if (outcome_) {
        return;
    }
    if (!igd_) {
        end(fault::gateway_unreachable);
        return;
    }
    for (auto& q : questions_) {
        if (!q.settled) {
            settle(q, fault::gateway_unreachable);
        }
    }
    conclude(now);
}

void inquiry::tick(time_point now) {
    if (outcome_) {
        return;
    }
    if (closes_at_ <= now) {
        conclude(now);
        return;
    }
    send_due(now);
    tick_search(now);
}

/// That datagrams are refused says more than that a search is not answered; what is wrong with the
/// answer to a search says more than that.
void inquiry::call_off(time_point /*now*/) {
    auto const is_settled = [](question const& q) { return q.settled; };
    auto const known =
        !questions_.empty() && std::all_of(questions_.begin(), questions_.end(), is_settled);
    auto const trouble = igd_ && !igd_speaks_ ? igd_->trouble() : error_code();
    end(known || trouble ? verdict() : silence());
}

std::optional<errand_output> inquiry::poll() {
    if (outbox_.empty()) {
        return {};
    }
    auto next = std::move(outbox_.front());
    outbox_.pop_front();
    return next;
}

time_point inquiry::wake_at() const {
    auto at = std::min(closes_at_, search_at_);
    if (awaits_igd()) {
        at = std::min(at, igd_->wake_at());
    }
    for (auto const& q : questions_) {
        at = std::min(at, q.due);
    }
    return outcome_ ? never : at;
}

std::vector<spoken_dialect> inquiry::spoken() const {
    std::vector<spoken_dialect> out;
    for (auto const id : gateway_.protocols) {
        if (id == dialect_id::igd && igd_speaks_) {
            out.push_back(igd_portrayed());
        }
        auto const q = std::find_if(questions_.begin(), questions_.end(), [id](auto const& each) {
            return each.in->id() == id;
        });
        if (q != questions_.end() && q->epoch) {
            auto& spoken = out.emplace_back();
            spoken.via = id;
            spoken.epoch = *q->epoch;
        }
    }
    return out;
}

} // namespace pmp
