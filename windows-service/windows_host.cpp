// SPDX-License-Identifier: MIT
#include "windows-service/windows_host.hpp"

#include <boost/asio/post.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>

namespace pmpd::windows_service {

namespace {

constexpr std::chrono::seconds pace{1};

} // namespace

windows_host::windows_host(boost::asio::any_io_executor const& executor, service_status& status)
    : status_(status), timer_(executor) {
    status_.listen([this, executor](control asked) {
        boost::asio::post(executor, [this, asked] { act_on(asked); });
    });
}

windows_host::~windows_host() {
    status_.listen(nullptr);
}

void windows_host::act_on(control asked) {
    switch (asked) {
    case control::stop: on_stop(); return;
    case control::reload: on_reload(); return;
    case control::look_again: on_wake(); return;
    }
}

void windows_host::ready() {
    status_.running();
}

void windows_host::stopping() {
    give_sign_of_life();
}

void windows_host::give_sign_of_life() {
    status_.stopping();
    timer_.expires_after(pace);
    timer_.async_wait([this](boost::system::error_code error) {
        if (!error.failed()) {
            give_sign_of_life();
        }
    });
}

} // namespace pmpd::windows_service
