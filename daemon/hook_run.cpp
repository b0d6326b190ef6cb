// SPDX-License-Identifier: MIT
#include "daemon/hook_run.hpp"

#include "daemon/surroundings.hpp"
#include "daemon/words.hpp"

#include <boost/asio/post.hpp>

#include <spdlog/fmt/fmt.h>

#include <utility>

namespace pmpd {

namespace {

/// Of one run, in bytes; what it writes beyond is not told.
constexpr std::size_t most_output = std::size_t{16} << 10U;
constexpr std::size_t longest_line = 1000;

constexpr auto default_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

std::string path_variable() {
    auto const path = environment_variable("PATH");
    return "PATH=" + (path.empty() ? default_path : path);
}

} // namespace

std::string_view to_string(hook_result result) {
    switch (result) {
    case hook_result::ok: return "ok";
    case hook_result::failed: return "failed";
    case hook_result::timeout: return "timeout";
    case hook_result::not_started: return "not_started";
    }
    return "unknown";
}

hook_run::hook_run(
    boost::asio::any_io_executor executor,
    std::shared_ptr<settings const> hook,
    hook_facts facts,
    teller tell,
    std::function<void(hook_result)> ended
)
    : executor_(std::move(executor))
    , settings_(std::move(hook))
    , facts_(std::move(facts))
    , tell_(std::move(tell))
    , ended_(std::move(ended))
    , timeout_(executor_) {}

void hook_run::start() {
    hook_command command;
    for (auto const& each : settings_->run) {
        command.arguments.push_back(filled(each, facts_));
    }
    command.environment = environment_of(facts_);
    command.environment.push_back(path_variable());
    auto started = hook_process::start(
        executor_,
        command,
        [this](std::string_view output) { hear(output); },
        [this](hook_end how) { end(how); }
    );
    if (!started) {
        auto const why = started.error().message();
        tell(log_level::error, "can't be run: " + why, {{"error", why, true}});
        boost::asio::post(executor_, [ended = std::move(ended_)] {
            ended(hook_result::not_started);
        });
        return;
    }
    process_ = std::move(*started);
    timeout_.expires_after(settings_->timeout);
    timeout_.async_wait([weak = weak_from_this()](pmp::error_code error) {
        auto const self = weak.lock();
        if (!error.failed() && self) {
            self->kill();
        }
    });
}

void hook_run::kill() {
    if (process_ && ended_) {
        timed_out_ = true;
        process_->kill();
    }
}

void hook_run::hear(std::string_view output) {
    if (told_ >= most_output) {
        return;
    }
    for (char const c : output) {
        if (c != '\n') {
            output_ += c;
        }
        if (c == '\n' && output_.ends_with('\r')) {
            output_.pop_back();
        }
        if (c == '\n' || output_.size() == longest_line) {
            tell_line(std::exchange(output_, {}));
        }
    }
}

void hook_run::tell_line(std::string_view line) {
    if (line.empty() || told_ >= most_output) {
        return;
    }
    told_ += line.size();
    tell(log_level::info, "says: " + std::string(line), {{"output", std::string(line), true}});
    if (told_ >= most_output) {
        tell(log_level::warn, "says more than is logged", {});
    }
}

void hook_run::end(hook_end how) {
    timeout_.cancel();
    tell_line(std::exchange(output_, {}));
    auto result = hook_result::ok;
    if (timed_out_) {
        result = hook_result::timeout;
        auto const limit = std::chrono::duration_cast<std::chrono::seconds>(settings_->timeout);
        tell(
            log_level::warn,
            fmt::format("was killed: it took too long (timeout {})", compact(limit)),
            {{"signal", how.signal, true}}
        );
    } else if (how.signal != 0) {
        result = hook_result::failed;
        tell(
            log_level::warn,
            fmt::format("was ended by signal {}", how.signal),
            {{"signal", how.signal, true}}
        );
    } else {
        result = how.exit_status == 0 ? hook_result::ok : hook_result::failed;
        tell(
            how.exit_status == 0 ? log_level::info : log_level::warn,
            fmt::format("ended with status {}", how.exit_status),
            {{"exit_status", how.exit_status, true}}
        );
    }
    std::exchange(ended_, nullptr)(result);
}

void hook_run::tell(log_level level, std::string message, std::vector<field> more) const {
    auto const& program = settings_->run.front();
    auto const& event = fact(facts_, "event");
    auto const& mapping = fact(facts_, "mapping");
    auto const& gateway = fact(facts_, "gateway");
    std::vector<field> fields = {{"hook", program, true}, {"event", event, true}};
    fields.push_back(
        mapping.empty() ? field{"gateway", gateway, true} : field{"mapping", mapping, true}
    );
    fields.insert(fields.end(), more.begin(), more.end());
    auto const subject = mapping.empty() ? "gateway " + gateway : mapping;
    tell_({level, fmt::format("hook {} ({} {}) {}", program, event, subject, message), fields});
}

} // namespace pmpd
