# Suspect rules: a test a rule, all in tests/rules/.
file(GLOB rule_tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/rules/*_test.cpp)
imloop_test(rules_test SOURCES ${rule_tests} LIBS imloop_loop rapidcheck)
