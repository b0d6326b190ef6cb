// SPDX-License-Identifier: MIT
#include "systemd/journal.hpp"

#include <boost/endian/conversion.hpp>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <string_view>
#include <utility>
#include <variant>

namespace pmpd {

namespace systemd {

namespace {

std::string_view priority_of(log_level level) {
    switch (level) {
    case log_level::error: return "3";
    case log_level::warn: return "4";
    case log_level::info: return "6";
    case log_level::debug:
    case log_level::trace: return "7";
    }
    return "6";
}

/// A value with a line break has its length in front, and no `=` (systemd's
/// JOURNAL_NATIVE_PROTOCOL).
void append(std::string& out, std::string_view name, std::string_view value) {
    out += name;
    if (value.find('\n') == std::string_view::npos) {
        out += '=';
    } else {
        std::array<unsigned char, sizeof(std::uint64_t)> length{};
        boost::endian::store_little_u64(length.data(), value.size());
        out += '\n';
        out.append(length.begin(), length.end());
    }
    out += value;
    out += '\n';
}

std::string name_of(std::string_view key) {
    std::string name = "PMP_";
    std::transform(key.begin(), key.end(), std::back_inserter(name), [](unsigned char c) {
        return static_cast<char>(std::toupper(c));
    });
    return name;
}

std::string text_of(std::variant<std::string, std::int64_t> const& value) {
    auto const* const text = std::get_if<std::string>(&value);
    return text != nullptr ? *text : std::to_string(std::get<std::int64_t>(value));
}

class journal final : public native_log {
public:
    explicit journal(int socket) : socket_(socket) {}
    ~journal() override { ::close(socket_); }
    journal(journal const&) = delete;
    journal& operator=(journal const&) = delete;

    bool write(log_line const& line) override {
        auto const entry = journal_entry(line);
        return ::send(socket_, entry.data(), entry.size(), MSG_NOSIGNAL) >= 0;
    }

private:
    int socket_;
};

} // namespace

std::string journal_entry(log_line const& line) {
    std::string out;
    append(out, "MESSAGE", to_text(line));
    append(out, "PRIORITY", priority_of(line.level));
    append(out, "SYSLOG_IDENTIFIER", "pmpd");
    for (auto const& each : line.fields) {
        append(out, name_of(each.key), text_of(each.value));
    }
    return out;
}

std::unique_ptr<native_log> open_journal(std::filesystem::path const& path) {
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    auto const text = path.string();
    if (text.size() >= sizeof(to.sun_path)) {
        return nullptr;
    }
    std::memcpy(to.sun_path, text.data(), text.size());
    auto const socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket < 0) {
        return nullptr;
    }
    auto opened = std::make_unique<journal>(socket);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): as sockets want it
    auto const* const address = reinterpret_cast<sockaddr const*>(&to);
    return ::connect(socket, address, sizeof to) == 0 ? std::move(opened) : nullptr;
}

} // namespace systemd

std::unique_ptr<native_log> open_journal() {
    return systemd::open_journal("/run/systemd/journal/socket");
}

} // namespace pmpd
