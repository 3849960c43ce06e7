# Compiler and linker options that every target of the project takes.

add_library(enarx_options INTERFACE)
target_include_directories(enarx_options INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_options(enarx_options INTERFACE
    -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -Wno-gnu-statement-expression-from-macro-expansion
    -Werror=return-type -Werror=unused-result
    -fno-strict-aliasing -ffunction-sections -fdata-sections -fstack-protector-strong
    $<$<CONFIG:Release>:-O2>)
target_compile_definitions(enarx_options INTERFACE $<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)
target_link_options(enarx_options INTERFACE -fuse-ld=lld-22 -Wl,--gc-sections -Wl,-z,noexecstack)

if(ENARX_SANITIZE)
    target_compile_options(enarx_options INTERFACE -fsanitize=${ENARX_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(enarx_options INTERFACE -fsanitize=${ENARX_SANITIZE})
endif()
if(ENARX_FUZZ)
    target_compile_options(enarx_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(ENARX_COVERAGE)
    target_compile_options(enarx_options INTERFACE -fprofile-instr-generate -fcoverage-mapping)
    target_link_options(enarx_options INTERFACE -fprofile-instr-generate)
endif()

# A program that runs without a shared object: exec must, and enarx starts faster so.
add_library(enarx_static_pie INTERFACE)
if(NOT ENARX_SANITIZE)
    target_compile_options(enarx_static_pie INTERFACE -fPIE)
    target_link_options(enarx_static_pie INTERFACE -static-pie)
    target_sources(enarx_static_pie INTERFACE ${CMAKE_SOURCE_DIR}/src/os/static/origin.cpp)
endif()
