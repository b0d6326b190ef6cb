// SPDX-License-Identifier: MIT
#include "dialect/igd_session.hpp"

#include "dialect/igd_fetched.hpp"

#include <algorithm>
#include <utility>

namespace pmp {

namespace igd = wire::igd;
namespace soap = wire::soap;
namespace http = wire::http;
using std::chrono::seconds;

namespace {

constexpr auto never = time_point::max();
/// A little more than whoever performs an exchange may take for it.
constexpr seconds exchange_overdue{40};
/// Beyond this a connection stood.
constexpr seconds connect_timeout{5};
/// Subscribing is worth no more: mappings may be waiting.
constexpr seconds subscription_timeout{5};
/// How long the external address is trusted.
constexpr seconds address_trust{60};
/// How often the gateway is asked whether it is still connected, and since when.
constexpr seconds status_pause{600};
/// How long after a request of ours the event may come that tells of it.
constexpr seconds own_changes{3};

bool is_same_mapping(lease_request const& a, lease_request const& b) {
    return a.protocol == b.protocol && a.internal == b.internal && a.left == b.left;
}

/// The web server is there and the service is not: its URL is of before a restart.
bool tells_of_wrong_url(unsigned status) {
    return status == 401 || status == 403 || status == 404 || status == 405 || status == 501;
}

} // namespace

igd_session::igd_session(gateway_view const& view, dice& d, std::uint64_t& exchanges)
    : gateway_(view.address)
    , internal_(view.internal)
    , dice_(d)
    , discovery_(view.address)
    , exchanges_(exchanges) {
    if (auto url = wire::parse_http_url(view.description_url)) {
        given_url_ = std::move(*url);
        // A gateway of both families has one description, and pinholes are asked for by IPv6.
        auto& host = given_url_->server.address;
        host = opens_pinholes() ? gateway_ : host;
    }
}

bool igd_session::searching() const {
    return phase_ == phase::searching || phase_ == phase::describing || phase_ == phase::selecting;
}

std::optional<igd_portrait> igd_session::portrait() const {
    if (!ready()) {
        return {};
    }
    auto const& name = service_->type_name;
    auto const start = name.rfind(':', name.rfind(':') - 1) + 1;
    return igd_portrait{
        description_->model,
        name.substr(start),
        to_string(*location_),
        to_string(service_->control)};
}

std::optional<igd_output> igd_session::poll() {
    if (auto datagram = discovery_.poll()) {
        return igd_output(std::move(*datagram));
    }
    if (outbox_.empty()) {
        return {};
    }
    auto out = std::move(outbox_.front());
    outbox_.pop_front();
    return out;
}

time_point igd_session::wake_at() const {
    auto at = std::min({discovery_.wake_at(), search_again_, overdue_});
    return ready() && in_flight_ == purpose::nothing
               ? std::min({at, status_due_, subscription_.due()})
               : at;
}

void igd_session::ask(lease_request const& wish, time_point now) {
    if (transaction_ && is_same_mapping(transaction_->request(), wish) &&
        (transaction_->request().lifetime == seconds(0)) == (wish.lifetime == seconds(0))) {
        return;
    }
    std::erase_if(asked_, [&](pending const& p) { return is_same_mapping(p.wish, wish); });
    if (wish.lifetime == seconds(0) && abandon(wish)) {
        auto gone = answer_to(wish);
        gone.deleted = true;
        outbox_.emplace_back(std::move(gone));
        advance(now);
        return;
    }
    asked_.push_back({wish, 0});
    start(now);
    advance(now);
}

/// True where the gateway can have made nothing of what is to be deleted: it was not asked for yet,
/// and is not any more.
bool igd_session::abandon(lease_request const& wish) {
    if (wish.assigned || (opens_pinholes() && ready())) {
        return false;
    }
    if (!transaction_ || !is_same_mapping(transaction_->request(), wish)) {
        return true;
    }
    if (transaction_->ending().lifetime == seconds(0)) {
        return false;
    }
    // Its answer is not waited for; but for its connection, as there is one at a time.
    transaction_.reset();
    in_flight_ = purpose::abandoned;
    return true;
}

void igd_session::check(lease_request const& wish, time_point now) {
    auto const known = std::any_of(checks_.begin(), checks_.end(), [&](lease_request const& c) {
        return is_same_mapping(c, wish);
    });
    if (ready() && !known && !habits_.unreadable_table) {
        checks_.push_back(wish);
        advance(now);
    }
}

void igd_session::hurry_deletions() {
    if (!service_) {
        return;
    }
    if (auto const achieved = transaction_ ? transaction_->achieved() : std::nullopt) {
        transaction_.reset();
        answer(*achieved);
    } else if (transaction_) {
        hurry(transaction_->ending());
    }
    for (auto const& [wish, failures] : asked_) {
        hurry(wish);
    }
    if (auto const end = subscription_.farewell()) {
        auto const& server = subscription_.events().server;
        outbox_.emplace_back(igd_exchange{++exchanges_, server, encode(*end)});
    }
    // What is under way is not heard any more: there is no time left for it.
    in_flight_ = purpose::farewell;
    overdue_ = never;
}

void igd_session::hurry(lease_request const& wish) {
    auto const call = wish.lifetime == seconds(0) ? deletion(wish) : std::nullopt;
    if (call) {
        auto const request = encode(*call, service_->control);
        outbox_.emplace_back(igd_exchange{++exchanges_, service_->control.server, encode(request)});
    }
}

/// What is next, if nothing is under way.
void igd_session::advance(time_point now) {
    if (in_flight_ != purpose::nothing) {
        return;
    }
    if (phase_ == phase::selecting) {
        if (auto const next = selection_->next()) {
            begin_exchange(
                purpose::selection, selection_->control(), encode(*next, selection_->control()), now
            );
        }
    } else if (phase_ == phase::ready) {
        advance_ready(now);
    } else if (phase_ == phase::absent) {
        while (!asked_.empty()) {
            answer(asked_.front().wish, why_absent());
            asked_.pop_front();
        }
    }
}

void igd_session::advance_ready(time_point now) {
    if (!asked_.empty()) {
        auto const deletes = asked_.front().wish.lifetime == seconds(0);
        if (!deletes && !opens_pinholes() && external_since_ + address_trust <= now) {
            call(purpose::address, ask_external_address(*service_), now);
            return;
        }
        begin_transaction(now);
    } else if (status_due_ <= now) {
        status_due_ = now + status_pause;
        call(purpose::status, status_question(), now);
    } else if (!checks_.empty()) {
        begin_check(now);
    } else {
        begin_subscription(now);
    }
}

void igd_session::begin_transaction(time_point now) {
    auto next = std::move(asked_.front());
    asked_.pop_front();
    auto const deletes = next.wish.lifetime == seconds(0);
    // What is there goes on running out while the gateway is not connected.
    if (!deletes && !next.wish.renews && cut_off()) {
        answer(next.wish, fault::no_external_address);
        advance(now);
        return;
    }
    transaction_failures_ = next.failures;
    transaction_ = work_for(std::move(next.wish));
    take_step(transaction_->begin(), now);
}

void igd_session::take_step(igd_step step, time_point now) {
    if (auto const* next = std::get_if<soap::call>(&step)) {
        call(purpose::transaction, *next, now);
        return;
    }
    own_changes_until_ = now + own_changes;
    auto& answered = std::get<lease_answer>(step);
    if (!answered.error && !answered.deleted) {
        tell_deletion(transaction_->request(), answered.assigned);
    }
    transaction_.reset();
    answer(std::move(answered));
    advance(now);
}

/// What was to be deleted while it was being made has a port now.
void igd_session::tell_deletion(lease_request const& made, endpoint const& assigned) {
    for (auto& [wish, failures] : asked_) {
        if (is_same_mapping(wish, made) && wish.lifetime == seconds(0)) {
            wish.assigned = assigned;
        }
    }
}

void igd_session::answer(lease_answer a) {
    if (!a.error && !a.deleted && a.assigned.address.is_unspecified()) {
        a.assigned.address = reachable();
    }
    outbox_.emplace_back(std::move(a));
}

void igd_session::answer(lease_request const& wish, error_code error) {
    auto out = answer_to(wish);
    out.error = error;
    outbox_.emplace_back(std::move(out));
}

void igd_session::begin_exchange(
    purpose why, wire::http_url const& url, http::request const& request, time_point now
) {
    in_flight_ = why;
    said_ = {0, url.server, encode(request)};
    if (why == purpose::subscription) {
        said_.timeout = subscription_timeout;
    } else if (why == purpose::transaction) {
        said_.may_make = transaction_->may_make();
    }
    repeated_ = false;
    send_exchange(now);
}

void igd_session::send_exchange(time_point now) {
    said_at_ = now;
    overdue_ = now + exchange_overdue;
    exchange_ = ++exchanges_;
    said_.id = exchange_;
    outbox_.emplace_back(said_);
}

/// A server that takes a connection and says nothing has hung over that one request. Searching the
/// device again takes so many requests that, where each so-manieth is lost, the same one would be
/// lost again and again.
bool igd_session::repeat(fetch_result const& result, time_point now) {
    auto const hung = result.error && now - said_at_ > connect_timeout;
    auto const once = in_flight_ == purpose::subscription || in_flight_ == purpose::abandoned;
    if (!hung || repeated_ || once) {
        return false;
    }
    repeated_ = true;
    send_exchange(now);
    return true;
}

void igd_session::call(purpose why, soap::call const& c, time_point now) {
    begin_exchange(why, service_->control, encode(c, service_->control), now);
}

bool igd_session::fetched(fetch_result const& result, time_point now) {
    if (in_flight_ == purpose::nothing || result.id != exchange_) {
        return false;
    }
    if (in_flight_ != purpose::farewell && repeat(result, now)) {
        return true;
    }
    auto const why = std::exchange(in_flight_, purpose::nothing);
    overdue_ = never;
    if (why == purpose::farewell) {
        in_flight_ = why;
        return true;
    }
    if (why == purpose::description || why == purpose::subscription) {
        why == purpose::description ? take_description(result, now)
                                    : take_subscription(result, now);
        advance(now);
        return true;
    }
    auto const reply = result.error ? pmp::result<soap::reply>(fault::no_http)
                                    : soap::decode_reply(response_of(result));
    if (why == purpose::selection) {
        take_selection(reply, now);
    } else if (reply) {
        take_reply(why, *reply, now);
    } else if (result.error || tells_of_wrong_url(result.status)) {
        lost_device(reply.error(), now);
    } else {
        // An answer that cannot be read is a failure of the action.
        take_reply(why, soap::upnp_error{}, now);
    }
    advance(now);
    return true;
}

void igd_session::take_reply(purpose why, soap::reply const& reply, time_point now) {
    switch (why) {
    case purpose::transaction: take_step(transaction_->hear(reply), now); break;
    case purpose::check: answer_check(sighting_of(reply, checks_.front())); break;
    case purpose::status: opens_pinholes() ? take_firewall(reply) : take_status(reply, now); break;
    case purpose::address: take_address(reply, now); break;
    case purpose::nothing:
    case purpose::abandoned:
    case purpose::description:
    case purpose::selection:
    case purpose::subscription:
    case purpose::farewell: break;
    }
}

void igd_session::begin_check(time_point now) {
    while (!checks_.empty()) {
        if (auto const question = check_question(checks_.front())) {
            call(purpose::check, *question, now);
            return;
        }
        // A pinhole without a name was not opened by UPnP, or by nobody since a restart.
        answer_check(firewall_.enabled ? igd_sighting::missing : igd_sighting::unknown);
    }
}

void igd_session::answer_check(igd_sighting sighting) {
    auto const wish = std::move(checks_.front());
    checks_.pop_front();
    outbox_.emplace_back(igd_check{
        wish.protocol, wish.internal.port, sighting, third_party_of(wish)});
}

igd_sighting igd_session::sighting_of(soap::reply const& reply, lease_request const& wish) {
    if (opens_pinholes()) {
        return pinhole_sighting(reply, wish);
    }
    if (auto const* error = std::get_if<soap::upnp_error>(&reply)) {
        auto const missing = static_cast<int>(upnp_result::no_such_entry_in_array);
        return error->code == missing ? igd_sighting::missing : igd_sighting::unknown;
    }
    auto const entry = igd::read_mapping(std::get<soap::answer>(reply));
    auto const seen =
        entry ? whose(*entry, wish.assigned->port, wish, habits_) : igd_sighting::unknown;
    return seen == igd_sighting::ours && !entry->enabled ? igd_sighting::disabled : seen;
}

void igd_session::tick(time_point now) {
    discovery_.tick(now);
    if (overdue_ <= now) {
        fetch_result lost;
        lost.id = exchange_;
        lost.error = fault::no_http;
        fetched(lost, now);
    }
    if (phase_ == phase::searching && !discovery_.running() && discovery_.wake_at() == never) {
        next_place(now);
    }
    if (search_again_ <= now) {
        search(now);
    }
    advance(now);
}

} // namespace pmp
