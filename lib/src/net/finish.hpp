// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/append.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/post.hpp>

#include <utility>

namespace pmp::net {

/// Completes it from the executor, never from inside of the call that ends it.
template <class Handler, class... Arguments>
void finish(boost::asio::any_io_executor const& executor, Handler handler, Arguments... arguments) {
    boost::asio::get_associated_cancellation_slot(handler).clear();
    boost::asio::post(executor, boost::asio::append(std::move(handler), std::move(arguments)...));
}

} // namespace pmp::net
