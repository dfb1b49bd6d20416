# Warnings as errors, sanitizers by preset, ccache and mold where they are installed.
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports maybe-uninitialized, restrict and others inside the standard library at -O2 (GCC bug 105329 and kin).
  add_compile_options(-Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds -Wno-dangling-pointer)
endif()

set(IMLOOP_SANITIZE "" CACHE STRING "Sanitizers to build with, as -fsanitize= takes them")
if(IMLOOP_SANITIZE)
  add_compile_options(-fsanitize=${IMLOOP_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${IMLOOP_SANITIZE})
  if(IMLOOP_SANITIZE MATCHES thread AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Asio's fences, which the sanitizer does not see, stand beside locks and atomics that it does.
    add_compile_options(-Wno-tsan)
  endif()
endif()

find_program(CCACHE ccache)
if(CCACHE)
  # Paths below the checkout count as relative: what one checkout compiled serves the next.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=true
      CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()
if(CCACHE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-fpch-preprocess)
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# nlohmann's two literals are inline functions, whose parser every file that reads the header would instantiate, used or
# not: a second of each. The copy that is read declares them alone.
get_target_property(json_headers nlohmann_json::nlohmann_json INTERFACE_INCLUDE_DIRECTORIES)
list(GET json_headers 0 json_headers)
file(READ ${json_headers}/nlohmann/json.hpp json_header)
string(REGEX REPLACE "\n{\n *return nlohmann::json::(parse\\(s, s|json_pointer\\(std::string\\(s,)[^\n]*\n}" ";" json_header "${json_header}")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${json_headers}/nlohmann/json.hpp)
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/without_literals/nlohmann/json.hpp CONTENT "${json_header}" @ONLY)
include_directories(SYSTEM BEFORE ${CMAKE_BINARY_DIR}/without_literals)

# The headers that most files read, read once. They excuse no file from its own includes:
# -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON builds without them.
set(IMLOOP_READ_ONCE <algorithm> <array> <chrono> <cmath> <filesystem> <functional> <map> <memory> <optional> <set> <span>
                     <string> <vector> <fmt/format.h> <nlohmann/json.hpp>)
set(IMLOOP_READ_ONCE_BY_HUB <boost/asio/thread_pool.hpp> ${CMAKE_SOURCE_DIR}/hub/api/context.hpp)
function(imloop_read_once directory)
  get_property(targets DIRECTORY ${directory} PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target ${targets})
    get_target_property(type ${target} TYPE)
    get_target_property(libraries ${target} LINK_LIBRARIES)
    if(NOT type MATCHES "^(STATIC_LIBRARY|EXECUTABLE)$" OR target MATCHES "^read_once")
      continue()
    endif()
    set(by "")
    if(target STREQUAL "imloop_hub_api" OR "imloop_hub_api" IN_LIST libraries)
      string(APPEND by _by_hub)
    endif()
    if("catch_main" IN_LIST libraries)
      string(APPEND by _by_tests)
    endif()
    target_precompile_headers(${target} REUSE_FROM read_once${by})
  endforeach()
  get_property(below DIRECTORY ${directory} PROPERTY SUBDIRECTORIES)
  foreach(sub ${below})
    imloop_read_once(${sub})
  endforeach()
endfunction()
