imloop_test(repair_form_test SOURCES unit/repair_form_test.cpp LIBS imloop_repair_form)
