// SPDX-License-Identifier: MIT
#include "daemon/log.hpp"

#include "daemon/log_sink.hpp"
#include "daemon/surroundings.hpp"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>

#include <array>

namespace pmpd {

namespace {

using pmp::config::log_format;
using pmp::config::log_settings;
using pmp::config::log_target;

spdlog::level::level_enum to_spdlog(log_level level) {
    switch (level) {
    case log_level::trace: return spdlog::level::trace;
    case log_level::debug: return spdlog::level::debug;
    case log_level::info: return spdlog::level::info;
    case log_level::warn: return spdlog::level::warn;
    case log_level::error: return spdlog::level::err;
    }
    return spdlog::level::info;
}

/// The level by our names: spdlog's `%l` says `warning`.
class level_name final : public spdlog::custom_flag_formatter {
public:
    void format(spdlog::details::log_msg const& message, std::tm const&, spdlog::memory_buf_t& out)
        override {
        constexpr std::array<std::string_view, 5> names = {
            "trace", "debug", "info ", "warn ", "error"};
        auto const& name = names.at(static_cast<std::size_t>(message.level));
        out.append(name.data(), name.data() + name.size());
    }
    std::unique_ptr<custom_flag_formatter> clone() const override {
        return std::make_unique<level_name>();
    }
};

/// `<6>`: the priority of syslog(3), as sd-daemon(3) has it in front of a line.
class priority final : public spdlog::custom_flag_formatter {
public:
    void format(spdlog::details::log_msg const& message, std::tm const&, spdlog::memory_buf_t& out)
        override {
        constexpr std::string_view digits = "77643";
        std::array const text = {'<', digits.at(static_cast<std::size_t>(message.level)), '>'};
        out.append(text.begin(), text.end());
    }
    std::unique_ptr<custom_flag_formatter> clone() const override {
        return std::make_unique<priority>();
    }
};

std::unique_ptr<spdlog::formatter> make_formatter(log_settings const& settings, bool to_journal) {
    auto out = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::local, "\n");
    out->add_flag<level_name>('N').add_flag<priority>('*');
    if (to_journal) {
        out->set_pattern("%*%v");
    } else if (settings.format == log_format::json) {
        out->set_pattern("%v");
    } else {
        out->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %^%N%$ %v");
    }
    return out;
}

std::unique_ptr<native_log> open_native(log_target::kind to, bool to_journal) {
    if (to_journal || to == log_target::kind::journald) {
        return open_journal();
    }
    return to == log_target::kind::event_log ? open_event_log() : open_system_log();
}

/// Of a log of the system's own that was asked for and is not there.
std::optional<std::string> absence(log_target::kind to) {
    switch (to) {
    case log_target::kind::journald: return "no journal listens at /run/systemd/journal/socket";
    case log_target::kind::event_log: return "there is no event log";
    case log_target::kind::automatic:
    case log_target::kind::standard_error:
    case log_target::kind::file: return {};
    }
    return {};
}

} // namespace

log::log() : logger_(std::make_unique<spdlog::logger>("pmpd")) {
    logger_->set_level(spdlog::level::trace);
    logger_->flush_on(spdlog::level::trace);
    use(log_settings());
}

log::~log() = default;

std::optional<std::string> log::use(log_settings const& settings) {
    bool const to_journal = settings.target.to == log_target::kind::automatic &&
                            is_journal(environment_variable("JOURNAL_STREAM"));
    auto native = open_native(settings.target.to, to_journal);
    if (auto why = absence(settings.target.to); why && !native) {
        return why;
    }
    try {
        auto const sink = open_sink(settings.target);
        sink->set_formatter(make_formatter(settings, to_journal));
        logger_->sinks() = {sink};
    } catch (spdlog::spdlog_ex const& error) {
        return error.what();
    }
    native_ = std::move(native);
    level_ = settings.level;
    format_ = settings.format;
    return {};
}

void log::write(log_line const& line) {
    if (line.level >= level_) {
        answer(line);
    }
}

void log::answer(log_line const& line) {
    if (native_ && native_->write(line)) {
        return;
    }
    auto const now = std::chrono::system_clock::now();
    auto const text = format_ == log_format::json ? to_json(line, now) : to_text(line);
    logger_->log(now, {}, to_spdlog(line.level), text);
}

} // namespace pmpd
