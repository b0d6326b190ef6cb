// SPDX-License-Identifier: MIT
#include "cli/memory_file.hpp"

#include "daemon/memory_json.hpp"
#include "daemon/private_file.hpp"

#include <pmp/clock.hpp>
#include <pmp/entropy.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>
#include <thread>
#include <tuple>
#include <variant>

namespace pmp::cli {

namespace {

namespace fs = std::filesystem;
namespace errc = boost::system::errc;
using namespace std::chrono_literals;

constexpr std::size_t most_bytes = std::size_t{16} << 20U;

/// Others hold the lock as long as it takes to write a small file.
constexpr auto lock_patience = 2s;
constexpr auto lock_pause = 5ms;

fs::path with_suffix(fs::path path, char const* suffix) {
    return path += suffix;
}

pmpd::instant now() {
    return {boot_clock::now(), std::chrono::system_clock::now()};
}

/// The XDG Base Directory Specification: what is missing of these directories is made, for their
/// owner alone.
void make_directories(fs::path const& path) {
    std::error_code error;
    if (path.empty() || fs::exists(path, error)) {
        return;
    }
    make_directories(path.parent_path());
    if (fs::create_directory(path, error)) {
        fs::permissions(path, fs::perms::owner_all, error);
    }
}

/// Behind the first line may be the rest of a longer one, whose writer was killed.
std::variant<memory, pmpd::damage> parse(std::string_view text) {
    return pmpd::memory_from_json(text.substr(0, text.find('\n')), now());
}

std::optional<memory> read_memory(fs::path const& path) {
    auto const text = pmpd::read_file(path, most_bytes);
    if (text.has_error()) {
        return {};
    }
    auto known = parse(*text);
    auto* usable = std::get_if<memory>(&known);
    return usable != nullptr ? std::optional(std::move(*usable)) : std::nullopt;
}

auto key_of(remembered_lease const& l) {
    return std::tie(l.gateway_address, l.internal_address, l.host, l.protocol, l.internal_port);
}

bool contains(std::vector<remembered_lease> const& leases, remembered_lease const& one) {
    return std::any_of(leases.begin(), leases.end(), [&](auto const& each) {
        return key_of(each) == key_of(one);
    });
}

void remove(std::vector<remembered_lease>& leases, remembered_lease const& one) {
    std::erase_if(leases, [&](auto const& each) { return key_of(each) == key_of(one); });
}

/// Networks that a laptop visits: those of the longest ago are forgotten.
void put_first(std::vector<dialect_hint>& hints, dialect_hint const& one) {
    constexpr std::size_t most = 64;
    std::erase_if(hints, [&](auto const& each) {
        return each.gateway_address == one.gateway_address;
    });
    hints.insert(hints.begin(), one);
    hints.resize(std::min(hints.size(), most));
}

} // namespace

memory_file::memory_file(fs::path path, teller tell, std::function<bool()> ends)
    : path_(std::move(path)), tell_(std::move(tell)), ends_(std::move(ends)) {}

result<pmpd::file_lock> memory_file::lock() const {
    auto const end = std::chrono::steady_clock::now() + lock_patience;
    for (;;) {
        auto taken = pmpd::file_lock::take(with_suffix(path_, ".lock"));
        bool const is_held =
            taken.has_error() && taken.error() == errc::resource_unavailable_try_again;
        if (!is_held || ends_() || std::chrono::steady_clock::now() > end) {
            return taken;
        }
        std::this_thread::sleep_for(lock_pause);
    }
}

memory memory_file::look() const {
    auto out = read_memory(path_).value_or(memory{make_secret(), {}});
    if (auto const kept = read_memory(secret_path())) {
        out.secret = kept->secret;
    }
    return out;
}

memory memory_file::load() {
    memory out;
    change([&](memory& known) { out = known; });
    return out;
}

void memory_file::merge(memory const& before, memory const& after) {
    if (before == after) {
        return;
    }
    change([&](memory& known) {
        for (auto const& each : before.leases) {
            if (!contains(after.leases, each)) {
                remove(known.leases, each);
            }
        }
        for (auto const& each : after.leases) {
            remove(known.leases, each);
            known.leases.push_back(each);
        }
        for (auto const& each : after.hints) {
            if (std::find(before.hints.begin(), before.hints.end(), each) == before.hints.end()) {
                put_first(known.hints, each);
            }
        }
    });
}

/// Waits for the others, as far as the file can be changed at all.
std::optional<result<pmpd::file_lock>> memory_file::enter() {
    if (path_.empty()) {
        tell_failure("there is no directory for it");
    }
    if (path_.empty() || out_of_reach_) {
        return {};
    }
    make_directories(path_.parent_path());
    auto held = lock();
    out_of_reach_ = held.has_error() && held.error() == errc::resource_unavailable_try_again;
    if (out_of_reach_) {
        tell_failure("another process of pmp holds its lock");
    }
    return held;
}

/// Reads, changes and writes, while no other process does.
template <class Change>
void memory_file::change(Change action) {
    auto const held = enter();
    bool const is_ours = held && !out_of_reach_;
    auto known = is_ours ? read() : look();
    auto const before = known;
    action(known);
    std::erase_if(known.leases, [at = boot_clock::now()](auto const& l) {
        return !l.permanent && l.expires < at;
    });
    if (is_ours && !out_of_reach_) {
        write(before, known, held->has_error() ? held->error() : error_code());
    }
}

/// `why_not`: what keeps it from being written.
void memory_file::write(memory const& before, memory const& known, error_code why_not) {
    auto failure = why_not;
    if (!failure && !secret_) {
        // It is there before anything is asked with it, and never written again, so nothing can
        // spoil it. A power cut within seconds of the first run may lose it: the disk is not
        // waited for, and the mapping ends with its lifetime then.
        failure = pmpd::replace_file(
            secret_path(), to_json({known.secret, {}}, now()), pmpd::outlives::the_process
        );
        if (!failure) {
            secret_ = known.secret;
        }
    }
    if (!failure && known == before && seen_) {
        return;
    }
    if (!failure) {
        failure = pmpd::overwrite_file(path_, to_json(known, now()));
    }
    if (failure) {
        tell_failure(
            failure == errc::not_supported ? "it is not a regular file" : failure.message()
        );
    }
}

fs::path memory_file::secret_path() const {
    return path_.parent_path() / "secret.json";
}

memory memory_file::read() {
    auto out = read_leases();
    if (!secret_) {
        if (auto const kept = read_memory(secret_path())) {
            secret_ = kept->secret;
        }
    }
    out.secret = secret_.value_or(out.secret);
    return out;
}

/// What cannot be used is set aside.
memory memory_file::read_leases() {
    auto const text = pmpd::read_file(path_, most_bytes);
    if (seen_ && text.has_value() && *text == seen_->text) {
        return seen_->known;
    }
    seen_.reset();
    if (text.has_error()) {
        out_of_reach_ = text.error() != errc::no_such_file_or_directory;
        if (out_of_reach_) {
            bool const is_file = text.error() != errc::not_supported;
            tell_failure(is_file ? text.error().message() : "it is not a regular file");
        }
        return {make_secret(), {}};
    }
    auto known = parse(*text);
    if (auto* usable = std::get_if<memory>(&known)) {
        seen_ = {*text, *usable};
        return std::move(*usable);
    }
    auto const bad = with_suffix(path_, ".bad");
    std::error_code error;
    fs::rename(path_, bad, error);
    if (!error) {
        tell_(
            path_.string() + " can't be used: " + std::get<pmpd::damage>(known).why +
            "; it is set aside as " + bad.string() +
            ", and which mappings were made before is not known any more"
        );
    }
    return {make_secret(), {}};
}

void memory_file::tell_failure(std::string const& why) {
    if (!told_) {
        told_ = true;
        auto const where = path_.empty() ? std::string("a file") : path_.string();
        tell_(
            "what a later \"pmp unmap\" needs can't be kept in " + where + ": " + why +
            "; mappings end with their lifetimes"
        );
    }
}

} // namespace pmp::cli
