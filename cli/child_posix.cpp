// SPDX-License-Identifier: MIT
#include "cli/child.hpp"
#include "daemon/surroundings.hpp"

#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string_view>

extern char** environ; // NOLINT(readability-redundant-declaration): POSIX lets programs do it

namespace pmp::cli {

namespace {

namespace errc = boost::system::errc;

/// Success, or why that file can't be executed.
error_code check_executable(std::string const& path) {
    struct stat found {};
    if (::stat(path.c_str(), &found) != 0) {
        return errc::make_error_code(
            errno == EACCES ? errc::permission_denied : errc::no_such_file_or_directory
        );
    }
    bool const fits = S_ISREG(found.st_mode) && ::access(path.c_str(), X_OK) == 0;
    return fits ? error_code{} : errc::make_error_code(errc::permission_denied);
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    for (auto& each : texts) {
        out.push_back(each.data());
    }
    out.push_back(nullptr);
    return out;
}

std::vector<std::string> environment_with(child::variables const& also) {
    std::vector<std::string> out;
    for (auto const& [name, value] : also) {
        out.push_back(std::string(name).append("=").append(value));
    }
    for (auto** each = environ; *each != nullptr; ++each) {
        std::string_view const entry(*each);
        bool replaced = false;
        for (auto const& [name, value] : also) {
            replaced = replaced || entry.substr(0, entry.find('=')) == name;
        }
        if (!replaced) {
            out.emplace_back(entry);
        }
    }
    return out;
}

/// A command does not expect to find closed pipes ignored.
class attributes {
public:
    attributes() {
        ::posix_spawnattr_init(&value_);
        sigset_t usual;
        ::sigemptyset(&usual);
        ::sigaddset(&usual, SIGPIPE);
        ::posix_spawnattr_setsigdefault(&value_, &usual);
        ::posix_spawnattr_setflags(&value_, POSIX_SPAWN_SETSIGDEF);
    }
    ~attributes() { ::posix_spawnattr_destroy(&value_); }
    attributes(attributes const&) = delete;
    attributes& operator=(attributes const&) = delete;

    posix_spawnattr_t const* get() const { return &value_; }

private:
    posix_spawnattr_t value_{};
};

} // namespace

result<std::string> find_program(std::string const& name) {
    error_code error = errc::make_error_code(errc::no_such_file_or_directory);
    if (name.find('/') != std::string::npos) {
        error = check_executable(name);
        return error ? result<std::string>(error) : name;
    }
    auto const path = pmpd::environment_variable("PATH");
    for (std::string_view rest = path; !name.empty();) {
        auto const colon = rest.find(':');
        auto const directory = rest.substr(0, colon);
        auto const candidate = (directory.empty() ? "." : std::string(directory)) + "/" + name;
        auto const why = check_executable(candidate);
        if (!why) {
            return candidate;
        }
        if (why == errc::permission_denied) {
            error = why;
        }
        if (colon == std::string_view::npos) {
            break;
        }
        rest.remove_prefix(colon + 1);
    }
    return error;
}

result<child> child::start(std::vector<std::string> const& command, variables const& also) {
    auto const program = find_program(command.front());
    if (!program) {
        return program.error();
    }
    auto arguments = command;
    auto environment = environment_with(also);
    attributes const settings;
    pid_t process = 0;
    int const error = ::posix_spawn(
        &process,
        program->c_str(),
        nullptr,
        settings.get(),
        pointers(arguments).data(),
        pointers(environment).data()
    );
    if (error != 0) {
        return error_code{error, boost::system::system_category()};
    }
    return child(process);
}

void child::pass_on(int signal) const {
    // Its number may belong to another process once it has been waited for.
    if (!status_) {
        ::kill(static_cast<pid_t>(process_), signal);
    }
}

std::optional<int> child::exit_status() {
    constexpr int signalled = 128;
    int status = 0;
    auto const process = static_cast<pid_t>(process_);
    if (!status_ && ::waitpid(process, &status, WNOHANG) == process) {
        status_ = WIFSIGNALED(status) ? signalled + WTERMSIG(status) : WEXITSTATUS(status);
    }
    return status_;
}

} // namespace pmp::cli
