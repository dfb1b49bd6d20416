imloop_test(loop_test SOURCES unit/identity_vectors_test.cpp unit/episodes_vectors_test.cpp unit/words_test.cpp unit/uuid_test.cpp unit/rows_test.cpp
                              unit/admission_test.cpp unit/json_test.cpp unit/projection_test.cpp unit/cohorts_test.cpp unit/policy_test.cpp property/projection_property_test.cpp property/projection_rows_test.cpp
                              property/identity_property_test.cpp property/identity_rows_test.cpp property/line_readers_test.cpp
            LIBS imloop_loop imloop_journal rapidcheck)
set_tests_properties(loop_test PROPERTIES ENVIRONMENT "RC_PARAMS=max_success=5000 max_size=150")
imloop_test(identity_truth_test SOURCES property/identity_truth_test.cpp LIBS imloop_simulator)
imloop_test(schema_oracle_test SOURCES property/schema_oracle_test.cpp LIBS imloop_loop imloop_journal)
target_compile_definitions(schema_oracle_test PRIVATE VALIJSON_USE_EXCEPTIONS=1)
imloop_test(statistics_test SOURCES unit/statistics_test.cpp LIBS imloop_loop imloop_journal)
imloop_test(station_statistics_test SOURCES property/station_statistics_test.cpp LIBS imloop_loop)
add_library(imloop_trace_makers STATIC support/trace_maker_plant.cpp support/trace_maker_events.cpp
                                       support/trace_forgery.cpp)
target_link_libraries(imloop_trace_makers PUBLIC imloop_loop)
imloop_test(traces_test SOURCES unit/trace_test.cpp unit/traces_test.cpp property/traces_property_test.cpp
            LIBS imloop_trace_makers rapidcheck)
imloop_test(written_test SOURCES unit/written_test.cpp LIBS imloop_loop)
# The ledger of problems.
imloop_test(cases_test SOURCES unit/cases_test.cpp LIBS imloop_loop imloop_journal rapidcheck fmt::fmt)
set_tests_properties(cases_test PROPERTIES ENVIRONMENT "RC_PARAMS=max_success=2000 max_size=120")
