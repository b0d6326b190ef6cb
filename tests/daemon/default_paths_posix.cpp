// SPDX-License-Identifier: MIT
#include "daemon/control_path.hpp"
#include "daemon/options.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

BOOST_AUTO_TEST_SUITE(options)

namespace {

pmpd::environment with(std::map<std::string, std::string> variables) {
    return [variables = std::move(variables)](char const* name) {
        auto const found = variables.find(name);
        return found != variables.end() ? found->second : std::string();
    };
}

} // namespace

BOOST_AUTO_TEST_CASE(put_the_configuration_where_a_system_daemon_has_it) {
    BOOST_TEST(pmpd::default_config() == "/etc/pmpd/pmpd.yaml");
}

BOOST_AUTO_TEST_CASE(put_the_state_where_systemd_says) {
    auto const env = with({{"STATE_DIRECTORY", "/var/lib/one:/var/lib/two"}, {"HOME", "/h"}});

    BOOST_TEST(pmpd::default_state(env, true) == "/var/lib/one/state.json");
    BOOST_TEST(pmpd::default_state(env, false) == "/var/lib/one/state.json");
}

BOOST_AUTO_TEST_CASE(put_the_state_where_a_system_daemon_keeps_it) {
    BOOST_TEST(pmpd::default_state(with({{"HOME", "/root"}}), true) == "/var/lib/pmpd/state.json");
}

BOOST_AUTO_TEST_CASE(put_the_state_where_a_user_keeps_it) {
    auto const xdg = with({{"XDG_STATE_HOME", "/x"}, {"HOME", "/h"}});
    auto const relative = with({{"XDG_STATE_HOME", "x"}, {"HOME", "/h"}});

    BOOST_TEST(pmpd::default_state(xdg, false) == "/x/pmpd/state.json");
    BOOST_TEST(pmpd::default_state(relative, false) == "/h/.local/state/pmpd/state.json");
    BOOST_TEST(pmpd::default_state(with({}), false).empty());
}

BOOST_AUTO_TEST_CASE(put_the_control_socket_where_systemd_says) {
    auto const env = with({{"RUNTIME_DIRECTORY", "/run/one:/run/two"}});

    BOOST_TEST(pmpd::default_control(env, true) == "/run/one/control.sock");
    BOOST_TEST(pmpd::default_control(env, false) == "/run/one/control.sock");
}

BOOST_AUTO_TEST_CASE(put_the_control_socket_where_others_look_for_it) {
    auto const xdg = with({{"XDG_RUNTIME_DIR", "/run/user/1000"}});
    auto const relative = with({{"XDG_RUNTIME_DIR", "x"}});

    BOOST_TEST(pmpd::default_control(xdg, true) == "/run/pmpd/control.sock");
    BOOST_TEST(pmpd::default_control(xdg, false) == "/run/user/1000/pmpd/control.sock");
    BOOST_TEST(pmpd::default_control(relative, false).empty());
}

BOOST_AUTO_TEST_SUITE_END()
