// SPDX-License-Identifier: MIT
#include "cli/control_client.hpp"

#include "cli/control_link.hpp"
#include "cli/verb.hpp"
#include "daemon/control_path.hpp"
#include "daemon/surroundings.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <utility>
#include <vector>

namespace pmp::cli {

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
namespace errc = boost::system::errc;

/// In bytes; a table of ten thousand mappings has about four millions.
constexpr std::size_t longest_line = std::size_t{64} << 20U;

/// A variable that concerns the service that runs pmp, and not pmpd, is left out.
std::string user_variable(char const* name) {
    return std::string_view(name) == "RUNTIME_DIRECTORY" ? std::string()
                                                         : pmpd::environment_variable(name);
}

/// Where a daemon may listen, the likeliest first.
std::vector<std::filesystem::path> places(request const& asked) {
    if (asked.control) {
        return {*asked.control};
    }
    std::vector<std::filesystem::path> out = {pmpd::default_control(user_variable, true)};
    auto own = pmpd::default_control(user_variable, pmpd::is_root());
    if (!own.empty() && own != out.front()) {
        out.push_back(std::move(own));
    }
    return out;
}

bool is_nobody(error_code error) {
    return error == errc::no_such_file_or_directory || error == asio::error::connection_refused;
}

} // namespace

class control_client::state {
public:
    error_code connect(std::filesystem::path const& path) { return link_.connect(path); }

    error_code send(json::object const& command) {
        return link_.write(json::serialize(command) + '\n');
    }

    result<json::object> next(std::chrono::milliseconds patience) {
        if (!reading_) {
            read();
        }
        context_.restart();
        auto const deadline = std::chrono::steady_clock::now() + patience;
        while (reading_ && context_.run_one_until(deadline) != 0) {
        }
        if (reading_) {
            return error_code(asio::error::timed_out);
        }
        if (error_.failed()) {
            return error_ == asio::error::not_found ? error_code(asio::error::message_size)
                                                    : error_;
        }
        auto parsed = json::parse(std::string_view(input_).substr(0, size_), error_);
        input_.erase(0, size_);
        if (error_.failed() || !parsed.is_object()) {
            return errc::make_error_code(errc::bad_message);
        }
        return std::move(parsed.get_object());
    }

private:
    void read() {
        reading_ = true;
        link_.read_line(input_, longest_line, [this](error_code error, std::size_t size) {
            reading_ = false;
            error_ = error;
            size_ = size;
        });
    }

    asio::io_context context_{1};
    control_link link_{context_};
    std::string input_;
    bool reading_ = false;
    error_code error_;
    std::size_t size_ = 0;
};

control_client::control_client(std::unique_ptr<state> made) : state_(std::move(made)) {}
control_client::~control_client() = default;
control_client::control_client(control_client&&) noexcept = default;
control_client& control_client::operator=(control_client&&) noexcept = default;

result<control_client> control_client::connect(request const& asked) {
    auto made = std::make_unique<state>();
    error_code worst;
    for (auto const& each : places(asked)) {
        auto const error = made->connect(each);
        if (!error.failed()) {
            return control_client(std::move(made));
        }
        // Somebody who is there and may not be spoken to is worth more words than nobody.
        worst = !worst.failed() || is_nobody(worst) ? error : worst;
    }
    return worst;
}

error_code control_client::send(json::object const& command) {
    return state_->send(command);
}

result<json::object> control_client::next(std::chrono::milliseconds patience) {
    return state_->next(patience);
}

result<json::object>
control_client::ask(json::object const& command, std::chrono::milliseconds patience) {
    if (auto const error = send(command); error.failed()) {
        return error;
    }
    return next(patience);
}

int no_daemon(console const& out, request const& asked, error_code error) {
    auto const where = places(asked).front().string();
    if (error == asio::error::timed_out) {
        out.complain("pmpd at " + where + " does not answer in time");
        return exit_status::silent;
    }
    if (is_nobody(error)) {
        out.complain(
            "pmpd can't be reached at " + where + ": nobody listens there; is it running?"
        );
    } else if (error == errc::permission_denied) {
        out.complain(
            "pmpd can't be reached at " + where + ": that is for " +
            std::string(control_link::who())
        );
    } else if (error == asio::error::eof) {
        out.complain("pmpd at " + where + " has ended the connection");
    } else {
        out.complain("pmpd can't be reached at " + where + ": " + error.message());
    }
    return exit_status::no_daemon;
}

daemon_reply ask_daemon(console const& out, request const& asked, json::object const& command) {
    auto connected = control_client::connect(asked);
    if (!connected) {
        return {{}, no_daemon(out, asked, connected.error())};
    }
    auto reply = connected->ask(command, asked.timeout);
    if (!reply) {
        return {{}, no_daemon(out, asked, reply.error())};
    }
    return {std::move(*reply), exit_status::done};
}

std::string text_of(json::object const& from, std::string_view key) {
    auto const* const found = from.if_contains(key);
    auto const* const text = found != nullptr ? found->if_string() : nullptr;
    return text != nullptr ? std::string(*text) : std::string();
}

} // namespace pmp::cli
