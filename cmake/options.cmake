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
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=true ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()
