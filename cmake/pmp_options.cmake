# SPDX-License-Identifier: MIT

# How this project's own targets are compiled; never exported to a consumer.
add_library(pmp_options INTERFACE)
target_compile_features(pmp_options INTERFACE cxx_std_20)
if(MSVC)
    target_compile_options(pmp_options INTERFACE /W4 /permissive- /utf-8 /bigobj $<$<BOOL:${PMP_WERROR}>:/WX>)
else()
    target_compile_options(pmp_options INTERFACE
        -Wall -Wextra -Wpedantic -Wshadow -Wconversion
        $<$<BOOL:${PMP_WERROR}>:-Werror>)
endif()
# What is shipped: hardened as distributions harden, without what nothing calls.
if(CMAKE_SYSTEM_NAME STREQUAL Linux AND NOT PMP_SANITIZE)
    set(shipped $<CONFIG:Release,RelWithDebInfo,MinSizeRel>)
    target_compile_options(pmp_options INTERFACE
        "$<${shipped}:-fstack-protector-strong;-fstack-clash-protection;-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=3;-D_GLIBCXX_ASSERTIONS>"
        "$<${shipped}:-ffunction-sections;-fdata-sections>"
        "$<$<AND:${shipped},$<STREQUAL:${CMAKE_SYSTEM_PROCESSOR},x86_64>>:-fcf-protection>")
    target_link_options(pmp_options INTERFACE "$<${shipped}:LINKER:-z,relro,-z,now,--gc-sections>")
endif()
# Windows 10 is the oldest that is served. Its headers would define min, max and much else.
target_compile_definitions(pmp_options INTERFACE
    $<$<PLATFORM_ID:Windows>:_WIN32_WINNT=0x0A00$<SEMICOLON>WIN32_LEAN_AND_MEAN$<SEMICOLON>NOMINMAX>)
# GCC 12 takes "text" + string for an overlapping copy when it optimises (its bug 105651), and Asio's frames of
# coroutines for freed by another function than they are made by.
target_compile_options(pmp_options INTERFACE
    "$<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>,$<NOT:$<CONFIG:Debug>>>:-Wno-restrict;-Wno-mismatched-new-delete>")
if(PMP_SANITIZE)
    target_compile_options(pmp_options INTERFACE -fsanitize=${PMP_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(pmp_options INTERFACE -fsanitize=${PMP_SANITIZE})
    # clang 14 can't put the function sanitizer's mark in front of a coroutine's parts.
    if(PMP_SANITIZE MATCHES undefined AND CMAKE_CXX_COMPILER_ID STREQUAL Clang)
        target_compile_options(pmp_options INTERFACE -fno-sanitize=function)
    endif()
endif()

# Coverage of everything, for libFuzzer to steer by; tests/fuzz links its runtime.
if(PMP_FUZZ)
    target_compile_options(pmp_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# GCC 12 with TSan warns of fences in Asio; the fences are not used with a single-threaded executor.
if(PMP_SANITIZE MATCHES thread AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    target_compile_options(pmp_options INTERFACE -Wno-tsan)
endif()

# Most of what a compiler does for Windows is to read Boost.Asio, with all of Winsock behind it.
function(pmp_precompile_asio target)
    if(WIN32)
        target_precompile_headers(${target} PRIVATE
            <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp> <boost/asio/io_context.hpp> <boost/asio/ip/tcp.hpp>
            <boost/asio/ip/udp.hpp> <boost/asio/steady_timer.hpp> <boost/asio/use_awaitable.hpp> <pmp/client.hpp>)
    endif()
endfunction()

# The core needs of it the addresses and errors alone, which is as much of Winsock.
function(pmp_precompile_engine)
    foreach(target IN LISTS ARGN)
        if(WIN32)
            target_precompile_headers(${target} PRIVATE <pmp/engine.hpp>)
        endif()
    endforeach()
endfunction()

find_program(PMP_CCACHE ccache)
if(PMP_CCACHE AND PROJECT_IS_TOP_LEVEL)
    # One cache for every clone and build folder.
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros
        CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${PMP_CCACHE})
    set(CMAKE_PCH_INSTANTIATE_TEMPLATES ON)
    add_compile_options("$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>")
endif()
