# Speed, printed as ratios against a reference in the same run; no test asserts it.
add_library(imloop_uploading STATIC bench/uploading.cpp)
target_link_libraries(imloop_uploading PUBLIC imloop_simulator imloop_station test_hub imloop_hub_api test_files)
add_executable(imloop_bench bench/upload_bench.cpp bench/raw_rows.cpp)
target_link_libraries(imloop_bench PRIVATE imloop_uploading imloop_hub_api SQLite::SQLite3 CLI11::CLI11)
add_executable(beside_bench bench/beside_bench.cpp)
target_link_libraries(beside_bench PRIVATE imloop_uploading imloop_hub_api CLI11::CLI11)

add_executable(traces_bench bench/traces_bench.cpp)
target_link_libraries(traces_bench PRIVATE imloop_trace_makers CLI11::CLI11)

add_executable(admission_bench bench/admission_bench.cpp)
target_link_libraries(admission_bench PRIVATE imloop_simulator imloop_journal)

# Instructions a record, counted by callgrind; a ratio that is more than 5 % above the one kept fails.
add_executable(instructions_bench bench/instructions.cpp)
target_link_libraries(instructions_bench PRIVATE imloop_simulator test_hub imloop_hub_api OpenSSL::Crypto)
add_test(NAME instructions COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/bench/instructions.py --bin ${CMAKE_BINARY_DIR}/bin)
set_tests_properties(instructions PROPERTIES ENVIRONMENT "PYTHONDONTWRITEBYTECODE=1" TIMEOUT 900 SKIP_RETURN_CODE 77)
