# SPDX-License-Identifier: GPL-3.0-or-later
# Warnings and sanitizers, as one interface target that every target of the project links.
add_library(anamorph_compiler INTERFACE)
target_include_directories(anamorph_compiler INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(anamorph_compiler INTERFACE -Wall -Wextra -Wpedantic -Wshadow
                       -Wno-unknown-pragmas)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 finds these in its own std::string where there is nothing (its bugs 105329 and 105651).
  target_compile_options(anamorph_compiler INTERFACE -Wno-restrict -Wno-stringop-overflow
                         -Wno-array-bounds)
endif()
if(CCACHE_PROGRAM AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  target_compile_options(anamorph_compiler INTERFACE -fpch-preprocess)  # ccache needs it
endif()
if(ANAMORPH_SANITIZE)
  target_compile_options(anamorph_compiler INTERFACE -fsanitize=${ANAMORPH_SANITIZE}
                         -fno-omit-frame-pointer)
  # Checks at every dereference, which the address sanitizer makes too, double the compile time.
  if(ANAMORPH_SANITIZE MATCHES undefined)
    target_compile_options(anamorph_compiler INTERFACE
      -fno-sanitize=null,alignment,object-size,vptr)
  endif()
  target_link_options(anamorph_compiler INTERFACE -fsanitize=${ANAMORPH_SANITIZE})
endif()
