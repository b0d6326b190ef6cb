// SPDX-License-Identifier: MIT
#include "engine/table_errand.hpp"

#include "dialect/igd_fetched.hpp"
#include "engine/igd_requests.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace pmp {

namespace {

namespace igd = wire::igd;
namespace soap = wire::soap;

constexpr auto never = time_point::max();
constexpr std::uint32_t most_rows = 4096;
constexpr std::size_t longest_text = 256;

bool says_end(int code) {
    // Routers also say of the end of a list what belongs to a single entry.
    return code == static_cast<int>(upnp_result::specified_array_index_invalid) ||
           code == static_cast<int>(upnp_result::no_such_entry_in_array);
}

table_entry entry_of(igd::port_mapping const& row) {
    table_entry out;
    out.protocol = row.protocol;
    out.external_port = row.external_port;
    out.internal = row.internal;
    out.remote = row.remote_host.substr(0, longest_text);
    out.description = row.description.substr(0, longest_text);
    out.lifetime = row.lease;
    out.enabled = row.enabled;
    return out;
}

bool is_same_place(table_entry const& a, table_entry const& b) {
    return a.protocol == b.protocol && a.external_port == b.external_port && a.remote == b.remote;
}

} // namespace

table_errand::table_errand(std::uint64_t seed) : jitter_(seed) {}

void table_errand::begin(gateway_view const& gateway, time_point now) {
    gateway_ = gateway;
    if (!gateway.address.is_v4()) {
        end(fault::no_igd);
        return;
    }
    igd_.emplace(gateway_, jitter_, exchanges_);
    igd_->start(now);
    heed();
}

void table_errand::advertised(inbound_datagram const& in, time_point now) {
    if (!reading_ && !outcome_) {
        igd_->hear(in, now);
        heed();
        refused_at_ = is_refused() ? std::min(refused_at_, now + rest_of_answers) : never;
    }
}

void table_errand::tick(time_point now) {
    if (!reading_ && !outcome_) {
        igd_->tick(now);
        heed();
    }
    if (refused_at_ <= now && is_refused()) {
        end(igd_->trouble());
    }
}

bool table_errand::is_refused() const {
    return !reading_ && !outcome_ && under_way_ == 0 && ends_igd(igd_->trouble());
}

time_point table_errand::wake_at() const {
    return reading_ || outcome_ ? never
                                : std::min(igd_->wake_at(), is_refused() ? refused_at_ : never);
}

/// What has been read is of use, though not all was.
void table_errand::call_off(time_point /*now*/) {
    if (!entries_.empty()) {
        complete_ = false;
        end({});
    } else if (auto const why = igd_ ? igd_->trouble() : error_code()) {
        end(why);
    }
}

void table_errand::heed() {
    while (!reading_ && !outcome_) {
        auto said = igd_->poll();
        if (!said) {
            return;
        }
        std::visit([&](auto&& s) { understand(std::forward<decltype(s)>(s)); }, *std::move(said));
    }
}

void table_errand::understand(igd_search s) {
    outbox_.emplace_back(performed_for(gateway_, std::move(s)));
}

void table_errand::understand(igd_exchange e) {
    ++under_way_;
    outbox_.emplace_back(performed_for(gateway_, std::move(e)));
}

void table_errand::understand(igd_found const& /*found*/) {
    reading_ = true;
    ask_row();
}

void table_errand::understand(not_spoken const& said) {
    auto const why = igd_->trouble();
    end(why ? why : said.error);
}

void table_errand::ask_row() {
    auto const& service = *igd_->service();
    exchange_ = ++exchanges_;
    auto const request = encode(ask_mapping_at(service, index_), service.control);
    understand(igd_exchange{exchange_, service.control.server, encode(request)});
}

void table_errand::fetched(fetch_result const& result, time_point now) {
    if (outcome_) {
        return;
    }
    if (!reading_) {
        under_way_ -= under_way_ > 0 ? 1 : 0;
        igd_->fetched(result, now);
        heed();
        refused_at_ = is_refused() ? now + rest_of_answers : never;
        return;
    }
    if (result.id != exchange_) {
        return;
    }
    if (result.error) {
        take_failure(fault::no_http);
        return;
    }
    auto const reply = soap::decode_reply(response_of(result));
    if (!reply) {
        take_failure(reply.error());
    } else if (auto const* refused = std::get_if<soap::upnp_error>(&*reply)) {
        take_end(refused->code);
    } else {
        take_row(std::get<soap::answer>(*reply));
    }
}

void table_errand::take_row(soap::answer const& told) {
    if (auto const row = igd::read_mapping(told)) {
        auto entry = entry_of(*row);
        if (entry.internal.address.is_unspecified()) {
            entry.host =
                soap::value_of(told.arguments, "NewInternalClient").substr(0, longest_text);
        }
        // A router that does not look at the index tells the same row for ever.
        auto const repeats = std::any_of(entries_.begin(), entries_.end(), [&](auto const& other) {
            return is_same_place(entry, other);
        });
        if (repeats) {
            end({});
            return;
        }
        entries_.push_back(entry);
    } else {
        unread_ = true;
    }
    tried_again_ = false;
    if (++index_ < most_rows) {
        ask_row();
    } else {
        complete_ = false;
        end({});
    }
}

void table_errand::take_end(int code) {
    // After the last row some routers say that the index is none, others that it failed: that may
    // have been amid the table as well.
    auto const denies_index = code == static_cast<int>(upnp_result::invalid_args);
    auto const has_rows = !entries_.empty();
    complete_ = says_end(code) || (has_rows && denies_index);
    end(complete_ || has_rows ? error_code() : error_code(code, upnp_category()));
}

void table_errand::take_failure(error_code error) {
    if (!std::exchange(tried_again_, true)) {
        ask_row();
        return;
    }
    complete_ = false;
    end(entries_.empty() ? error : error_code());
}

void table_errand::end(error_code error) {
    outcome_ = outcome_.value_or(error);
}

std::optional<errand_output> table_errand::poll() {
    if (outbox_.empty()) {
        return {};
    }
    auto next = std::move(outbox_.front());
    outbox_.pop_front();
    return next;
}

} // namespace pmp
