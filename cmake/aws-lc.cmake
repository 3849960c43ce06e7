# AWS-LC's libcrypto and libssl with their headers, built from the crate that carries them (docs/adr/0003-crypto.md).

set(aws_lc_crate ${CMAKE_SOURCE_DIR}/cmake/crates/aws-lc)
set(aws_lc_lib ${ENARX_DEPS}/lib)
set(aws_lc_include ${ENARX_DEPS}/include/aws-lc)

add_custom_command(
    OUTPUT ${aws_lc_lib}/libssl.a ${aws_lc_lib}/libcrypto.a ${aws_lc_include}/openssl/ssl.h
    COMMAND ${CMAKE_SOURCE_DIR}/tools/build_crate.sh aws-lc ${aws_lc_crate} ${ENARX_DEPS}
    DEPENDS ${aws_lc_crate}/Cargo.toml ${aws_lc_crate}/Cargo.lock ${aws_lc_crate}/src/lib.rs ${aws_lc_crate}/environment
    COMMENT "AWS-LC, the cryptography (beside Wasmtime)"
    VERBATIM)
add_custom_target(aws_lc_build DEPENDS ${aws_lc_lib}/libssl.a)

add_library(aws_lc INTERFACE)
add_dependencies(aws_lc aws_lc_build)
target_include_directories(aws_lc SYSTEM INTERFACE ${aws_lc_include})
target_link_libraries(aws_lc INTERFACE ${aws_lc_lib}/libssl.a ${aws_lc_lib}/libcrypto.a pthread)
