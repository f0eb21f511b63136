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
