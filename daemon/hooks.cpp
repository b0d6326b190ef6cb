// SPDX-License-Identifier: MIT
#include "daemon/hooks.hpp"

#include <algorithm>
#include <utility>

namespace pmpd {

namespace {

using pmp::lease_state;

constexpr std::size_t most_running = 8;

bool is_open(pmp::standing const& s) {
    return s.lease && (s.state == lease_state::held || s.state == lease_state::renewing);
}

bool is_for(pmp::config::hook_settings const& hook, std::string const& mapping) {
    auto const& names = hook.mappings;
    return mapping.empty() || names.empty() ||
           std::find(names.begin(), names.end(), mapping) != names.end();
}

bool is_on(pmp::config::hook_settings const& hook, pmp::event_kind kind) {
    return std::find(hook.on.begin(), hook.on.end(), kind) != hook.on.end();
}

/// No mapping's name holds a control character.
std::string lane_of(pmp::event const& e) {
    return e.mapping.empty() ? "\n" + e.gateway : e.mapping;
}

} // namespace

hooks::hooks(boost::asio::any_io_executor executor, teller tell)
    : executor_(std::move(executor)), tell_(std::move(tell)), grace_(executor_) {}

hooks::~hooks() = default;

void hooks::use(std::vector<settings> wanted, std::vector<pmp::standing> const& table) {
    auto const before = std::exchange(hooks_, {});
    for (auto& each : wanted) {
        auto const known = std::find_if(before.begin(), before.end(), [&](auto const& old) {
            return *old == each;
        });
        if (known != before.end()) {
            hooks_.push_back(*known);
            continue;
        }
        auto const hook = std::make_shared<settings const>(std::move(each));
        hooks_.push_back(hook);
        for (auto const& row : table) {
            if (is_open(row) && is_on(*hook, pmp::event_kind::acquired) &&
                is_for(*hook, row.mapping.name)) {
                enqueue(row.mapping.name, hook, facts_of(*row.lease, row.mapping.gateway));
            }
        }
    }
    for (auto& [name, mapping] : lanes_) {
        std::erase_if(mapping.queue, [this](waiting const& each) {
            return std::find(hooks_.begin(), hooks_.end(), each.hook) == hooks_.end();
        });
    }
    start_some();
}

void hooks::hear(pmp::event const& e) {
    for (auto const& hook : hooks_) {
        if (is_on(*hook, e.kind) && is_for(*hook, e.mapping)) {
            enqueue(lane_of(e), hook, facts_of(e));
        }
    }
    start_some();
}

void hooks::enqueue(std::string const& name, shared_settings const& hook, hook_facts const& facts) {
    auto& mapping = lanes_[name];
    auto const known =
        std::find_if(mapping.queue.begin(), mapping.queue.end(), [&](waiting const& each) {
            return each.hook == hook;
        });
    if (known != mapping.queue.end()) {
        known->facts = merged(known->facts, facts);
        return;
    }
    mapping.queue.push_back({hook, facts});
    if (!mapping.run && mapping.queue.size() == 1) {
        ready_.push_back(name);
    }
}

void hooks::start_some() {
    while (running_ < most_running && !ready_.empty()) {
        auto const name = std::move(ready_.front());
        ready_.pop_front();
        auto const found = lanes_.find(name);
        if (found == lanes_.end() || found->second.run) {
            continue;
        }
        if (found->second.queue.empty()) {
            lanes_.erase(found);
            continue;
        }
        start(name, found->second);
    }
}

void hooks::start(std::string const& name, lane& mapping) {
    auto next = std::move(mapping.queue.front());
    mapping.queue.erase(mapping.queue.begin());
    ++running_;
    mapping.run = std::make_shared<hook_run>(
        executor_,
        std::move(next.hook),
        std::move(next.facts),
        tell_,
        [this, name](hook_result result) { ended(name, result); }
    );
    mapping.run->start();
}

void hooks::ended(std::string const& name, hook_result result) {
    --running_;
    // What ends here is called from inside of it: it is kept until that returns.
    auto const run = std::exchange(lanes_.at(name).run, nullptr);
    if (on_result_) {
        on_result_(result);
    }
    if (lanes_.at(name).queue.empty()) {
        lanes_.erase(name);
    } else {
        ready_.push_back(name);
    }
    start_some();
    check_finished();
}

void hooks::finish(std::chrono::milliseconds grace, std::function<void()> done) {
    done_ = std::move(done);
    grace_.expires_after(grace);
    grace_.async_wait([this](pmp::error_code error) {
        if (error.failed()) {
            return;
        }
        ready_.clear();
        for (auto& [name, mapping] : lanes_) {
            mapping.queue.clear();
            if (mapping.run) {
                mapping.run->kill();
            }
        }
        check_finished();
    });
    check_finished();
}

void hooks::check_finished() {
    if (done_ && running_ == 0 && ready_.empty()) {
        grace_.cancel();
        std::exchange(done_, nullptr)();
    }
}

} // namespace pmpd
