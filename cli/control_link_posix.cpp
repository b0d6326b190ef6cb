// SPDX-License-Identifier: MIT
#include "cli/control_link.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace pmp::cli {

namespace asio = boost::asio;
namespace errc = boost::system::errc;
using protocol = asio::local::stream_protocol;

class control_link::state {
public:
    explicit state(asio::io_context& context) : socket(context) {}

    protocol::socket socket;
};

control_link::control_link(asio::io_context& context) : state_(std::make_unique<state>(context)) {}
control_link::~control_link() = default;

error_code control_link::connect(std::filesystem::path const& path) {
    error_code error;
    if (path.native().size() >= sizeof(sockaddr_un::sun_path)) {
        return errc::make_error_code(errc::filename_too_long);
    }
    state_->socket.close(error);
    state_->socket.connect(protocol::endpoint(path.string()), error);
    return error;
}

error_code control_link::write(std::string_view text) {
    error_code error;
    asio::write(state_->socket, asio::buffer(text), error);
    return error;
}

void control_link::read_line(
    std::string& text, std::size_t longest, std::function<void(error_code, std::size_t)> then
) {
    asio::async_read_until(
        state_->socket, asio::dynamic_buffer(text, longest), '\n', std::move(then)
    );
}

bool control_link::is_missing(std::filesystem::path const& path) {
    return access(path.c_str(), F_OK) != 0 && errno == ENOENT;
}

std::string_view control_link::who() {
    return "root and for the members of the group pmpd";
}

} // namespace pmp::cli
