//! Empty on purpose: building this crate builds AWS-LC (see cmake/aws-lc.cmake).
