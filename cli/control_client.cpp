// SPDX-License-Identifier: MIT
#include "cli/control_client.hpp"

#include "cli/control_link.hpp"
#include "cli/error_json.hpp"
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

/// For what a daemon has said that has ended the connection: it is there already.
constexpr std::chrono::milliseconds last_word_patience{200};

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
        auto const error = link_.write(json::serialize(command) + '\n');
        auto const is_cut_off =
            error == asio::error::broken_pipe || error == asio::error::connection_reset;
        return is_cut_off && last_word() ? error_code() : error;
    }

    result<json::object> next(std::chrono::milliseconds patience) {
        if (!reading_ && !fresh_) {
            read();
        }
        context_.restart();
        auto const deadline = std::chrono::steady_clock::now() + patience;
        while (reading_ && context_.run_one_until(deadline) != 0) {
        }
        if (reading_) {
            return error_code(asio::error::timed_out);
        }
        fresh_ = false;
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
    /// Something was said before the connection ended.
    bool last_word() {
        if (!reading_ && !fresh_) {
            read();
        }
        context_.restart();
        while (reading_ && context_.run_one_for(last_word_patience) != 0) {
        }
        return !reading_ && !error_.failed();
    }

    void read() {
        reading_ = true;
        fresh_ = true;
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
    /// What was read is for the next `next()`.
    bool fresh_ = false;
    error_code error_;
    std::size_t size_ = 0;
};

control_client::control_client(std::unique_ptr<state> made) : state_(std::move(made)) {}
control_client::~control_client() = default;
control_client::control_client(control_client&&) noexcept = default;
control_client& control_client::operator=(control_client&&) noexcept = default;

result<control_client> control_client::connect(request const& asked) {
    error_code worst;
    for (auto const& each : places(asked)) {
        auto error = errc::make_error_code(errc::no_such_file_or_directory);
        if (!control_link::is_missing(each)) {
            auto made = std::make_unique<state>();
            error = made->connect(each);
            if (!error.failed()) {
                return control_client(std::move(made));
            }
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

namespace {

std::string why_not(std::string const& where, error_code error) {
    if (error == asio::error::timed_out) {
        return "pmpd at " + where + " does not answer in time";
    }
    if (error == asio::error::eof) {
        return "pmpd at " + where + " has ended the connection";
    }
    auto const nobody = "pmpd can't be reached at " + where + ": ";
    if (is_nobody(error)) {
        return nobody + "nobody listens there; is it running?";
    }
    if (error == errc::permission_denied) {
        return nobody + "that is for " + std::string(control_link::who());
    }
    return nobody + error.message();
}

} // namespace

int no_daemon(console& out, request const& asked, error_code error) {
    complain(out, local_error::no_pmpd, why_not(places(asked).front().string(), error));
    return error == asio::error::timed_out ? exit_status::silent : exit_status::no_daemon;
}

bool is_ok(json::object const& reply) {
    auto const* const ok = reply.if_contains("ok");
    return ok != nullptr && ok->is_bool() && ok->get_bool();
}

daemon_reply ask_daemon(console& out, request const& asked, json::object const& command) {
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
