# The flags every target of ours is built with, and the two helpers that declare targets.

add_library(sfdb_options INTERFACE)
target_include_directories(sfdb_options INTERFACE "${CMAKE_SOURCE_DIR}")
# Warnings are errors. -Wconversion is what catches a 64-bit length squeezed into 32 bits.
target_compile_options(sfdb_options INTERFACE
  -Wall -Wextra -Werror -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor -Wundef -Wvla
  -Wcast-qual -Woverloaded-virtual -fno-omit-frame-pointer -fstack-protector-strong)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(sfdb_options INTERFACE -Wthread-safety)
endif()

# SFDB_SANITIZE is set by the asan, tsan, fuzz and coverage presets only.
set(SFDB_SANITIZE "" CACHE STRING "address, thread, fuzz or coverage")
if(SFDB_SANITIZE STREQUAL "address")
  set(_sanitizer -fsanitize=address,undefined -fno-sanitize-recover=all)
elseif(SFDB_SANITIZE STREQUAL "thread")
  set(_sanitizer -fsanitize=thread)
elseif(SFDB_SANITIZE STREQUAL "fuzz")
  set(_sanitizer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
elseif(SFDB_SANITIZE STREQUAL "coverage")
  set(_sanitizer --coverage)
endif()
if(_sanitizer)
  target_compile_options(sfdb_options INTERFACE ${_sanitizer})
  target_link_options(sfdb_options INTERFACE ${_sanitizer})
endif()

# sfdb_library(name SRCS ... DEPS ... PRIVATE_DEPS ...): static library sfdb_<name>, alias sfdb::<name>.
function(sfdb_library name)
  cmake_parse_arguments(ARG "" "" "SRCS;DEPS;PRIVATE_DEPS" ${ARGN})
  add_library(sfdb_${name} STATIC ${ARG_SRCS})
  add_library(sfdb::${name} ALIAS sfdb_${name})
  target_link_libraries(sfdb_${name} PUBLIC sfdb_options ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS})
endfunction()

# What the release build has to show beside the ASan build, where all tests run: whole programs against
# servers, and the hot loops as the optimiser leaves them (labels server and kernel).
add_custom_target(release_tests)

# sfdb_test(name LABEL unit|server|slow [TIMEOUT s] SRCS ... DEPS ...): one GoogleTest program, one
# CTest case. Labels: unit needs nothing, server starts a private MariaDB, slow is for --long only.
function(sfdb_test name)
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT" "SRCS;DEPS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_executable(${name} ${ARG_SRCS})
  target_link_libraries(${name} PRIVATE sfdb_options ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT ${ARG_TIMEOUT})
  if(ARG_LABEL STREQUAL "server")
    add_dependencies(release_tests ${name})
  endif()
endfunction()

# sfdb_fuzzer(name SRCS ... DEPS ...): a libFuzzer target in the fuzz preset; elsewhere the same
# entry point is linked with a driver that replays the saved corpus as an ordinary test.
function(sfdb_fuzzer name)
  cmake_parse_arguments(ARG "" "" "SRCS;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SRCS})
  target_link_libraries(${name} PRIVATE sfdb_options ${ARG_DEPS})
  if(SFDB_SANITIZE STREQUAL "fuzz")
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(${name} PRIVATE "${CMAKE_SOURCE_DIR}/tests/fuzz/replay_main.cc")
    add_test(NAME ${name}_corpus COMMAND ${name} "${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${name}")
    set_tests_properties(${name}_corpus PROPERTIES LABELS unit TIMEOUT 120)
  endif()
endfunction()
