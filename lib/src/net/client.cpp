// SPDX-License-Identifier: MIT
#include "net/client_state.hpp"
#include "net/finish.hpp"

#include <pmp/entropy.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace pmp {

namespace asio = boost::asio;
using net::finish;

namespace {

/// Before the end of a release: UPnP's deletions need a connection each.
constexpr std::chrono::milliseconds hurry_time{500};
/// How long a gateway that has never answered has to confirm the end of what it never granted.
constexpr std::chrono::milliseconds unheard_patience{250};

} // namespace

client::state::state(asio::any_io_executor executor, memory known, client_settings settings)
    : executor_(std::move(executor))
    , secret_(known.secret)
    , hints_(std::move(known.hints))
    , engine_(settings.engine, std::move(known), make_seed())
    , release_timeout_(settings.release_timeout)
    , reader_(executor_)
    , run_over_(executor_) {}

void client::state::set_verify(std::chrono::seconds pause) {
    engine_.verify_every(pause, boot_clock::now());
    pump();
}

std::size_t client::state::renew(std::string_view mapping) {
    auto const found = engine_.renew(mapping, boot_clock::now());
    if (phase_ == phase::running) {
        if (found != 0) {
            refresh();
        }
        pump();
    }
    return found;
}

void client::state::look_again() {
    // What has fallen due meanwhile leaves by the links of now.
    refresh();
    if (phase_ == phase::running || phase_ == phase::releasing) {
        engine_.tick(boot_clock::now());
        pump();
    }
}

void client::state::set_notice_handler(std::function<void(notice const&)> handler) {
    notice_handler_ = std::move(handler);
}

/// Numbers an operation, and lets its handler's cancellation slot cancel it.
template <class Handler>
client::state::operation_number
client::state::begin(Handler const& handler, void (state::*cancel)(operation_number)) {
    auto const number = ++operations_;
    auto slot = asio::get_associated_cancellation_slot(handler);
    if (slot.is_connected()) {
        slot.assign([weak = weak_from_this(), number, cancel](asio::cancellation_type) {
            // The slot is emptied on completion, which must not happen while it is in use.
            if (auto const self = weak.lock()) {
                asio::post(self->executor_, [self, number, cancel] { ((*self).*cancel)(number); });
            }
        });
    }
    return number;
}

void client::state::start_run(run_handler handler) {
    error_code error;
    if (phase_ != phase::idle) {
        error = asio::error::already_started;
    } else {
        error = open_run();
    }
    if (error) {
        finish(executor_, std::move(handler), error);
        return;
    }
    run_ = begin(handler, &state::cancel_run);
    asio::co_spawn(executor_, keep_run(shared_from_this(), std::move(handler)), asio::detached);
    phase_ = phase::running;
    has_run_ = true;
    outcome_ = {};
    missing_.clear();
    move_.reset();
    // Of an earlier run: no socket leads there any more.
    engine_.network({}, boot_clock::now());
    engine_.desire(mappings_, boot_clock::now());
    spawn(follow_network(shared_from_this()));
    spawn(follow_retries(shared_from_this()));
    spawn(follow_clock(shared_from_this()));
    pump();
}

error_code client::state::open_run() {
    try {
        alarm_ = std::make_unique<net::boot_timer>(executor_);
        retry_ = std::make_unique<net::boot_timer>(executor_);
        monitor_ = std::make_unique<net::route_monitor>(executor_);
    } catch (boost::system::system_error const& failure) {
        return failure.code();
    }
    return {};
}

/// The handler is kept here, and not in the state: whatever it owns, perhaps the client, ends with
/// the execution context.
asio::awaitable<void> client::state::keep_run(std::shared_ptr<state> self, run_handler handler) {
    co_await self->run_over_.wait();
    self->alarm_.reset();
    self->retry_.reset();
    self->monitor_.reset();
    self->phase_ = phase::idle;
    self->run_ = 0;
    self->wake_reader();
    finish(self->executor_, std::move(handler), self->outcome_);
}

void client::state::start_wait(wait_handler handler) {
    if (wait_ != 0) {
        finish(executor_, std::move(handler), error_code{asio::error::already_started}, event{});
        return;
    }
    wait_cancelled_ = false;
    wait_ = begin(handler, &state::cancel_wait);
    asio::co_spawn(executor_, keep_wait(shared_from_this(), std::move(handler)), asio::detached);
}

asio::awaitable<void> client::state::keep_wait(std::shared_ptr<state> self, wait_handler handler) {
    auto const over = [&] {
        return self->wait_cancelled_ || (self->has_run_ && self->phase_ == phase::idle);
    };
    while (self->events_.empty() && !over()) {
        co_await self->reader_.wait();
    }
    self->wait_ = 0;
    auto next = self->wait_cancelled_ ? std::nullopt : self->events_.pop();
    auto const error = next ? error_code{} : error_code{asio::error::operation_aborted};
    finish(self->executor_, std::move(handler), error, next ? std::move(*next) : event{});
}

void client::state::cancel_wait(operation_number number) {
    if (wait_ == number) {
        wait_cancelled_ = true;
        wake_reader();
    }
}

void client::state::wake_reader() {
    if (wait_ != 0) {
        reader_.ring();
    }
}

void client::state::cancel_run(operation_number number) {
    if (run_ != number) {
        return;
    }
    if (phase_ == phase::running && release_timeout_ > std::chrono::milliseconds::zero()) {
        release();
    } else if (phase_ == phase::releasing) {
        release_deadline_ = boot_clock::now();
        hurries_at_ = std::min(hurries_at_, release_deadline_);
        pump();
    } else {
        end(asio::error::operation_aborted);
    }
}

void client::state::release() {
    auto const now = boot_clock::now();
    phase_ = phase::releasing;
    release_deadline_ = now + release_timeout_;
    hurries_at_ = release_deadline_ - std::min(hurry_time, release_timeout_ / 2);
    unheard_until_ = now + unheard_patience;
    unreleased_ = 0;
    count_again_at_ = now;
    farewell_until_ = time_point::max();
    engine_.desire({}, now);
    pump();
}

bool client::state::all_released(time_point now) {
    if (unreleased_ > 0 && now < count_again_at_) {
        return false;
    }
    auto rows = engine_.standings();
    std::erase_if(rows, is_put_off);
    unreleased_ = rows.size();
    count_again_at_ = now + count_pause;
    if (unheard_until_ <= now && nobody_confirms(rows)) {
        // What has not been told is told without waiting.
        hurries_at_ = release_deadline_ = now;
    }
    return rows.empty();
}

/// They were never granted, at gateways that have never answered.
bool client::state::nobody_confirms(std::vector<standing> const& rows) const {
    std::set<std::pair<std::string, address_family>> answering;
    for (auto const& each : engine_.gateways()) {
        if (each.via) {
            answering.emplace(each.view.name, family_of(each.view.address));
        }
    }
    return std::none_of(rows.begin(), rows.end(), [&](standing const& row) {
        return row.lease || answering.count({row.mapping.gateway, row.mapping.family}) != 0;
    });
}

/// True where everything is released, or has had its time.
bool client::state::release_has_ended() {
    auto const now = boot_clock::now();
    if (hurries_at_ <= now) {
        hurries_at_ = time_point::max();
        engine_.hurry_releases(now);
        drain();
    }
    return release_deadline_ <= now || (all_released(now) && farewell_is_said(now));
}

void client::state::abandon() {
    notice_handler_ = nullptr;
    memory_handler_ = nullptr;
    packet_handler_ = nullptr;
    events_.clear();
    cancel_one_shots();
    for (auto const& [key, link] : left_links_) {
        link->close();
    }
    left_links_.clear();
    if (phase_ != phase::idle) {
        end(asio::error::operation_aborted);
    }
    cancel_wait(wait_);
}

void client::state::end(error_code outcome) {
    if (phase_ != phase::ending) {
        phase_ = phase::ending;
        outcome_ = outcome;
        close_sockets();
    }
    if (loops_ == 0) {
        run_over_.ring();
    }
}

void client::state::tell(
    notice_kind kind, std::string const& subject, error_code error, address_family family
) {
    std::tuple const key{kind, subject, family};
    auto const told = missing_.find(key);
    auto const before = told == missing_.end() ? error_code{} : told->second;
    if (error == before) {
        return;
    }
    if (error) {
        missing_[key] = error;
    } else {
        missing_.erase(told);
    }
    asio::post(executor_, [self = shared_from_this(), what = notice{kind, subject, error, family}] {
        if (self->notice_handler_) {
            self->notice_handler_(what);
        }
    });
}

client::client(asio::any_io_executor executor, memory known, client_settings settings)
    : state_(std::make_shared<state>(std::move(executor), std::move(known), settings)) {}

client::~client() {
    state_->abandon();
}

void client::set_gateways(std::vector<gateway_settings> gateways) {
    state_->set_gateways(std::move(gateways));
}

void client::set_mappings(std::vector<mapping> mappings) {
    state_->set_mappings(std::move(mappings));
}

void client::set_release_timeout(std::chrono::milliseconds timeout) {
    state_->set_release_timeout(timeout);
}

void client::set_verify(std::chrono::seconds pause) {
    state_->set_verify(pause);
}

void client::take_over(std::vector<lease> granted) {
    state_->take_over(std::move(granted));
}

std::size_t client::renew(std::string_view mapping) {
    return state_->renew(mapping);
}

void client::look_again() {
    state_->look_again();
}

void client::set_notice_handler(std::function<void(notice const&)> handler) {
    state_->set_notice_handler(std::move(handler));
}

void client::set_memory_handler(std::function<void(memory const&)> handler) {
    state_->set_memory_handler(std::move(handler));
}

void client::set_packet_handler(std::function<void(packet const&)> handler) {
    state_->set_packet_handler(std::move(handler));
}

std::vector<standing> client::standings() const {
    return state_->lease_engine().standings();
}

std::vector<lease> client::leases() const {
    std::vector<lease> held;
    for (auto& row : state_->lease_engine().standings()) {
        if (row.lease && (row.state == lease_state::held || row.state == lease_state::renewing)) {
            held.push_back(std::move(*row.lease));
        }
    }
    return held;
}

std::vector<gateway_standing> client::gateways() const {
    return state_->lease_engine().gateways();
}

statistics const& client::counts() const {
    return state_->lease_engine().counts();
}

memory client::remembers() const {
    return state_->remembers();
}

void client::start_run(state::run_handler handler) {
    state_->start_run(std::move(handler));
}

void client::start_external_address(
    std::string const& gateway, std::chrono::milliseconds deadline, state::address_handler handler
) {
    state_->start_external_address(gateway, deadline, std::move(handler));
}

void client::start_map(
    mapping wish, std::chrono::milliseconds deadline, state::map_handler handler
) {
    state_->start_map(std::move(wish), deadline, std::move(handler));
}

void client::start_unmap(
    mapping wish, std::chrono::milliseconds deadline, state::run_handler handler
) {
    state_->start_unmap(std::move(wish), deadline, std::move(handler));
}

void client::start_list(
    std::string const& gateway, std::chrono::milliseconds deadline, state::list_handler handler
) {
    state_->start_list(gateway, deadline, std::move(handler));
}

void client::start_discover(std::chrono::milliseconds deadline, state::discover_handler handler) {
    state_->start_discover(deadline, std::move(handler));
}

void client::start_wait(state::wait_handler handler) {
    state_->start_wait(std::move(handler));
}

} // namespace pmp
