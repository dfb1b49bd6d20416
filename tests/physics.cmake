imloop_test(physics_test SOURCES unit/physics_test.cpp unit/trace_facts_test.cpp LIBS imloop_loop rapidcheck)
