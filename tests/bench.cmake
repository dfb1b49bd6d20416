# Speed, printed as ratios against a reference in the same run; no test asserts it.
add_executable(imloop_bench bench/upload_bench.cpp)
target_link_libraries(imloop_bench PRIVATE imloop_simulator imloop_station test_hub imloop_hub_api test_files)

add_executable(traces_bench bench/traces_bench.cpp)
target_link_libraries(traces_bench PRIVATE imloop_trace_makers CLI11::CLI11)

add_executable(admission_bench bench/admission_bench.cpp)
target_link_libraries(admission_bench PRIVATE imloop_simulator imloop_journal)
