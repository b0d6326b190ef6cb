// SPDX-License-Identifier: MIT
#include "loading.hpp"

#include <unistd.h>

#include <cstdlib>

namespace {

/// Root reads what it likes; for as long as this lives, the process is somebody else.
class without_privilege {
public:
    without_privilege() {
        if (user_ == 0)
            BOOST_REQUIRE(::seteuid(nobody) == 0);
    }
    ~without_privilege() {
        if (user_ == 0 && ::seteuid(user_) != 0)
            std::abort();
    }
    without_privilege(without_privilege const&) = delete;
    without_privilege& operator=(without_privilege const&) = delete;

private:
    static constexpr ::uid_t nobody = 65534;
    ::uid_t user_ = ::geteuid();
};

} // namespace

BOOST_AUTO_TEST_SUITE(config_files)

BOOST_AUTO_TEST_CASE(that_may_not_be_read_are_a_problem) {
    config_test::temporary_file const file("");
    std::filesystem::permissions(file.path(), std::filesystem::perms::none);
    without_privilege const somebody;

    BOOST_TEST(
        config_test::complaint_loading(file.path()) ==
        "F: the file cannot be opened (Permission denied); check its path and permissions"
    );
}

BOOST_AUTO_TEST_SUITE_END()
