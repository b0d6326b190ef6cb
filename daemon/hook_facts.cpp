// SPDX-License-Identifier: MIT
#include "daemon/hook_facts.hpp"

#include <algorithm>

namespace pmpd {

namespace {

using pmp::config::hook_words;

constexpr auto not_a_word = hook_words.size();

std::size_t index_of(std::string_view word) {
    auto const* const found = std::find(hook_words.begin(), hook_words.end(), word);
    return static_cast<std::size_t>(found - hook_words.begin());
}

void set(hook_facts& facts, std::string_view word, std::string value) {
    facts.at(index_of(word)) = std::move(value);
}

std::string text(pmp::ip_address const& address) {
    return address.is_unspecified() ? std::string() : address.to_string();
}

void set_lease(hook_facts& facts, pmp::lease const& lease) {
    set(facts, "mapping", lease.mapping);
    set(facts, "protocol", std::string(to_string(lease.protocol)));
    set(facts, "internal_address", text(lease.internal.address));
    set(facts, "internal_port", std::to_string(lease.internal.port));
    set(facts, "external_address", text(lease.assigned.address));
    set(facts, "external_port", std::to_string(lease.assigned.port));
    // What does not end by itself has none.
    bool const ends = !lease.permanent && lease.via != pmp::dialect_id::direct;
    set(facts, "lifetime", ends ? std::to_string(lease.lifetime.count()) : std::string());
    set(facts, "via", std::string(to_string(lease.via)));
}

char capital(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

} // namespace

hook_facts facts_of(pmp::event const& e) {
    hook_facts out;
    if (e.lease) {
        set_lease(out, *e.lease);
    }
    set(out, "event", std::string(to_string(e.kind)));
    set(out, "mapping", e.mapping);
    set(out, "gateway", e.gateway);
    if (e.external_address) {
        set(out, "external_address", text(*e.external_address));
    }
    if (e.was) {
        set(out, "old_external_address", text(e.was->address));
    }
    if (e.was && e.kind == pmp::event_kind::changed) {
        set(out, "old_external_port", std::to_string(e.was->port));
    }
    if (e.kind != pmp::event_kind::gateway_lost) {
        set(out, "via", std::string(to_string(e.via)));
    }
    return out;
}

hook_facts facts_of(pmp::lease const& lease, std::string const& gateway) {
    hook_facts out;
    set_lease(out, lease);
    set(out, "event", std::string(to_string(pmp::event_kind::acquired)));
    set(out, "gateway", gateway);
    return out;
}

hook_facts merged(hook_facts const& untold, hook_facts const& later) {
    auto out = later;
    for (std::string_view const word : {"old_external_address", "old_external_port"}) {
        auto const& before = untold.at(index_of(word));
        if (!before.empty()) {
            set(out, word, before);
        }
    }
    return out;
}

std::string filled(std::string_view argument, hook_facts const& facts) {
    std::string out;
    std::size_t copied = 0;
    std::size_t at = 0;
    while (auto const word = pmp::config::next_placeholder(argument, at)) {
        auto const end = at + word->size() + 2;
        if (auto const index = index_of(*word); index != not_a_word) {
            out.append(argument.substr(copied, at - copied)).append(facts.at(index));
            copied = end;
        }
        at = end;
    }
    return out.append(argument.substr(copied));
}

std::vector<std::string> environment_of(hook_facts const& facts) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < facts.size(); ++i) {
        std::string name = "PMP_";
        std::transform(
            hook_words.at(i).begin(), hook_words.at(i).end(), std::back_inserter(name), capital
        );
        out.push_back(name.append("=").append(facts.at(i)));
    }
    return out;
}

std::string const& fact(hook_facts const& facts, std::string_view word) {
    return facts.at(index_of(word));
}

} // namespace pmpd
