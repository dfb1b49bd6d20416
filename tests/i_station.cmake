imloop_test(shops_test SOURCES unit/shops_test.cpp LIBS imloop_shops)
