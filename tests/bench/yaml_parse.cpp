// SPDX-License-Identifier: MIT
// yaml_parse FILE: the floor of a reload; parses the file, and looks at nothing in it. Prints how
// many milliseconds of processor time that took.
#include <yaml-cpp/yaml.h>

#include <cstdio>
#include <ctime>

int main(int argc, char** argv) {
    if (argc != 2) {
        return 2;
    }
    auto const begin = std::clock();
    auto const root = YAML::LoadFile(argv[1]);
    auto const taken = static_cast<double>(std::clock() - begin) * 1000 / CLOCKS_PER_SEC;
    std::printf("%.3f\n", taken);
    return root.IsMap() ? 0 : 1;
}
