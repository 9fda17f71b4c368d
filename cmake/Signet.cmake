# What every target of Signet shares: warnings, hardening, and the two functions that declare a
# folder's library and its tests.

add_library(signet_options INTERFACE)
target_include_directories(signet_options INTERFACE "${PROJECT_SOURCE_DIR}/src")
target_compile_definitions(signet_options INTERFACE _GLIBCXX_ASSERTIONS)
target_compile_options(signet_options INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast
  -Woverloaded-virtual -Wimplicit-fallthrough -Werror
  -fstack-protector-strong -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports false positives of these three inside std::expected and std::vector.
  target_compile_options(signet_options INTERFACE
    -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-dangling-pointer)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT SIGNET_SANITIZE)
  target_compile_options(signet_options INTERFACE -D_FORTIFY_SOURCE=2)
  target_link_options(signet_options INTERFACE -Wl,-z,relro,-z,now)
endif()
if(SIGNET_SANITIZE)
  target_compile_options(signet_options INTERFACE
    -fsanitize=${SIGNET_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(signet_options INTERFACE -fsanitize=${SIGNET_SANITIZE})
endif()

find_program(SIGNET_CCACHE ccache)
if(SIGNET_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${SIGNET_CCACHE}")
endif()
find_program(SIGNET_MOLD mold)
if(SIGNET_MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT SIGNET_SANITIZE)
  add_link_options(-fuse-ld=mold)
endif()

# signet_library(NAME SOURCES a.cc ... [HEADERS a.h ...] [DEPS targets ...] [PRIVATE targets ...])
# A static library of one folder. HEADERS are public: they are installed with libsignet.
function(signet_library name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "SOURCES;HEADERS;DEPS;PRIVATE")
  add_library(${name} STATIC ${ARG_SOURCES})
  target_sources(${name} PUBLIC FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}/src"
                                FILES ${ARG_HEADERS})
  target_link_libraries(${name} PUBLIC signet_options ${ARG_DEPS} PRIVATE ${ARG_PRIVATE})
  # What the protocol tower is made of, for libsignet (Install.cmake).
  if(CMAKE_CURRENT_SOURCE_DIR MATCHES "/src/protocol/")
    set_property(GLOBAL APPEND PROPERTY SIGNET_PROTOCOL ${name})
  endif()
endfunction()

# signet_test(NAME SOURCES a_test.cc ... [DEPS targets ...] [ARGUMENTS of the program ...])
# One test program; each of its cases is a test of ctest, under the program's name.
function(signet_test name)
  if(NOT SIGNET_TESTS)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "SOURCES;DEPS;ARGUMENTS")
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_compile_definitions(${name} PRIVATE
    SIGNET_SOURCE_DIR="${PROJECT_SOURCE_DIR}" SIGNET_BINARY_DIR="${PROJECT_BINARY_DIR}")
  target_link_libraries(${name} PRIVATE signet_options ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name} --gtest_brief=1 ${ARG_ARGUMENTS})
  set_tests_properties(${name} PROPERTIES TIMEOUT 300)
endfunction()
