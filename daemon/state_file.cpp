// SPDX-License-Identifier: MIT
#include "daemon/state_file.hpp"

#include <spdlog/fmt/fmt.h>

namespace pmpd {

namespace {

namespace fs = std::filesystem;
namespace errc = boost::system::errc;

/// Ten thousand leases take a tenth of this.
constexpr std::size_t most_bytes = std::size_t{64} << 20U;

fs::path with_suffix(fs::path const& path, char const* suffix) {
    auto out = path;
    return out += suffix;
}

std::string words(pmp::error_code error) {
    return error == errc::not_supported ? "it is not a regular file" : error.message();
}

/// The new file is renamed over the old one, which would replace a link instead of what it leads
/// to.
fs::path without_links(fs::path const& path) {
    std::error_code error;
    auto const whole = fs::absolute(path, error);
    auto out = error ? path : fs::weakly_canonical(whole, error);
    return error ? path : out;
}

void make_directory(fs::path const& path) {
    std::error_code error;
    if (!path.empty() && fs::create_directory(path, error)) {
        fs::permissions(path, fs::perms::owner_all, error);
    }
}

} // namespace

state_file::state_file(fs::path const& path, teller tell)
    : path_(path.empty() ? path : without_links(path)), tell_(std::move(tell)) {}

bool state_file::lock() {
    if (path_.empty()) {
        return true;
    }
    make_directory(path_.parent_path());
    auto taken = file_lock::take(with_suffix(path_, ".lock"));
    if (taken.has_value()) {
        lock_ = std::move(*taken);
        return true;
    }
    return taken.error() != errc::resource_unavailable_try_again;
}

std::optional<pmp::memory> state_file::load(instant now) {
    if (path_.empty()) {
        return {};
    }
    auto const text = read_file(path_, most_bytes);
    if (text.has_error()) {
        auto const error = text.error();
        // The first save tells what is wrong with a path that leads to no file of ours.
        if (error != errc::no_such_file_or_directory && error != errc::not_a_directory &&
            error != errc::not_supported) {
            set_aside(words(error));
        }
        return {};
    }
    auto read = memory_from_json(*text, now);
    if (auto const* damaged = std::get_if<damage>(&read)) {
        set_aside(damaged->why);
        return {};
    }
    return std::get<pmp::memory>(std::move(read));
}

bool state_file::save(pmp::memory const& memory, instant now) {
    if (given_up_ || saved_ == memory) {
        return true;
    }
    if (path_.empty()) {
        tell_failure("there is no directory for it");
        return true;
    }
    if (auto const error = replace_file(path_, to_json(memory, now)); error.failed()) {
        tell_failure(words(error));
        return false;
    }
    saved_ = memory;
    if (failing_) {
        failing_ = false;
        tell_({log_level::info, fmt::format("the state is kept in {} again", path_.string()), {}});
    }
    return true;
}

void state_file::set_aside(std::string const& why) {
    auto const bad = with_suffix(path_, ".bad");
    std::error_code error;
    fs::rename(path_, bad, error);
    auto const what = fmt::format("the state file {} can't be used: {}", path_.string(), why);
    if (!error) {
        tell_(
            {log_level::warn,
             fmt::format("{}; it is set aside as {}, this start knows nothing", what, bad.string()),
             {}}
        );
        return;
    }
    given_up_ = true;
    tell_(
        {log_level::warn,
         fmt::format(
             "{}; it can't be set aside either ({}): nothing is kept", what, error.message()
         ),
         {}}
    );
}

void state_file::tell_failure(std::string const& why) {
    if (failing_) {
        return;
    }
    failing_ = true;
    tell_(
        {log_level::warn,
         fmt::format(
             "the state can't be kept in {}: {}; after a restart gateways may assign other ports",
             path_.empty() ? "a file" : path_.string(),
             why
         ),
         {}}
    );
}

} // namespace pmpd
