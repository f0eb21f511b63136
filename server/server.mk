# The server's static files, built into the program: embed turns them into a table in C.

SERVER_STATIC := server/static/style.css server/static/favicon.svg server/static/robots.txt
SERVER_GENERATED := $(BUILD)/gen/server_static.c $(BUILD)/gen/server_static.h
OBJECTS += $(BUILD)/gen/server_static.o

$(BUILD)/embed: server/embed.c base/base.h base/banned.h
	@mkdir -p $(@D)
	@echo "  CC   $<"
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $<

$(SERVER_GENERATED) &: $(BUILD)/embed $(SERVER_STATIC)
	@mkdir -p $(BUILD)/gen
	$(Q)$(BUILD)/embed $(SERVER_GENERATED) $(SERVER_STATIC)

$(BUILD)/gen/server_static.o: $(BUILD)/gen/server_static.c server/static_file.h
	@echo "  CC   $<"
	$(Q)$(CC) $(ALL_CFLAGS) -c -o $@ $<

# Pages link to the style sheet by the address that the generated header defines.
$(BUILD)/server/page.o $(BUILD)/server/site.o: $(BUILD)/gen/server_static.h

# The HTTP tests (tests/http): programs that start servers themselves, found beside them in the build directory.
# test_fake and test_life use the server on a fake query library, test_archive the real program on corpus/samples.

HTTP_TESTS := $(BUILD)/tests/http/test_fake $(BUILD)/tests/http/test_life $(BUILD)/tests/http/test_archive
HTTP_TEST_HELP := $(BUILD)/tests/http/client.o $(BUILD)/tests/http/fixture.o

$(BUILD)/tests/http/fake_server: $(BUILD)/tests/http/fake_server.o $(BUILD)/tests/http/fake_trabao.o \
                                 $(filter $(BUILD)/server/% $(BUILD)/base/% $(BUILD)/gen/server_static.o,$(OBJECTS))
	@echo "  LINK $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(HTTP_TESTS): %: %.o $(HTTP_TEST_HELP) $(filter $(BUILD)/base/%,$(OBJECTS)) | $(BUILD)/tests/http/fake_server
	@echo "  LINK $@"
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ -lcmocka $(PKG_LIBS)

$(BUILD)/tests/http/test_archive: $(BUILD)/server/url.o | $(BUILD)/trabao

.PHONY: http-tests
http-tests: $(HTTP_TESTS) ## run the HTTP tests
	$(Q)for test in $(HTTP_TESTS); do $$test || exit 1; done

-include $(HTTP_TESTS:=.d) $(HTTP_TEST_HELP:.o=.d) $(BUILD)/tests/http/fake_server.d $(BUILD)/tests/http/fake_trabao.d
