// SPDX-License-Identifier: MIT
#include "daemon/program.hpp"

#include "daemon/daemon.hpp"
#include "daemon/make_host.hpp"
#include "daemon/service_commands.hpp"
#include "daemon/surroundings.hpp"

#include <pmp/entropy.hpp>

#include <iostream>

namespace pmpd {

namespace {

namespace fs = std::filesystem;
using pmp::config::configuration;

fs::path state_path(options const& given, configuration const& wanted) {
    if (given.state) {
        return *given.state;
    }
    if (wanted.state) {
        return *wanted.state;
    }
    auto path = default_state(environment_variable, is_root());
    // The XDG Base Directory Specification: what is missing of these directories is made.
    std::error_code ignored;
    fs::create_directories(path.parent_path().parent_path(), ignored);
    return path;
}

int complain(std::string const& what) {
    std::cerr << "pmpd: " << what << '\n';
    return exit_status::failure;
}

void tell(pmp::config::problems const& wrong, options const& given) {
    for (auto const& each : wrong) {
        auto text = to_string(each, given.config);
        if (given.log_format == pmp::config::log_format::json) {
            text = to_json({log_level::error, text, {}}, std::chrono::system_clock::now());
        }
        std::cerr << text << '\n';
    }
}

int keep(options const& given, configuration wanted) {
    boost::asio::io_context context(1);
    auto const host = make_host(context.get_executor());
    log log;
    if (auto const why = log.use(effective(wanted.log, given))) {
        return complain("the log can't be opened: " + *why);
    }
    state_file state(state_path(given, wanted), [&log](log_line const& line) { log.write(line); });
    if (!state.lock()) {
        return complain("another pmpd runs with the state file " + state.path().string());
    }
    auto known = state.load({pmp::boot_clock::now(), std::chrono::system_clock::now()});
    if (!known) {
        known = pmp::memory{pmp::make_secret(), {}};
    }
    return daemon(context, *host, log, state, std::move(*known), given, std::move(wanted)).run();
}

} // namespace

int run(std::vector<std::string> const& arguments) {
    if (auto const status = run_service_command(arguments)) {
        return *status;
    }
    auto const parsed = parse_options(arguments);
    if (auto const* given = std::get_if<answer>(&parsed)) {
        auto& to = given->status == exit_status::orderly ? std::cout : std::cerr;
        return to << given->text << std::flush ? given->status : exit_status::failure;
    }
    auto const& given = std::get<options>(parsed);
    auto loaded = pmp::config::load(given.config);
    if (auto const* wrong = std::get_if<pmp::config::problems>(&loaded)) {
        tell(*wrong, given);
        return exit_status::configuration;
    }
    auto& wanted = std::get<configuration>(loaded);
    if (given.check) {
        auto const count = wanted.mappings.size();
        std::cout << "ok: " << count << (count == 1 ? " mapping\n" : " mappings\n");
        return std::cout.flush() ? exit_status::orderly
                                 : complain("nothing can be written to standard output");
    }
    return keep(given, std::move(wanted));
}

} // namespace pmpd
