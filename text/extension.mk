# The loadable extension: the tokenizer and the little of text/ and base/ it needs, as position-independent code that
# exports one symbol and calls SQLite only through the table that the host hands over (so libsqlite3 is not linked).

EXTENSION_PARTS := extension fts5_vietnamese tokens scan segment collect spelled date memo fold normal syllable letter
EXTENSION_OBJECTS := $(EXTENSION_PARTS:%=$(BUILD)/extension/text/%.o) \
                     $(patsubst %,$(BUILD)/extension/base/%.o,mem buf utf8 status)

all: $(BUILD)/trabao_fts5.so

$(BUILD)/trabao_fts5.so: $(EXTENSION_OBJECTS)
	@echo "  LINK $@"
	$(Q)$(CC) -shared -Wl,-z,relro,-z,now $(if $(SANITIZE),,-Wl,-z,defs) $(LDFLAGS) $(SANITIZE) -o $@ $^ \
	    $(shell pkg-config --libs icu-uc)

$(BUILD)/extension/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC   $< (extension)"
	$(Q)$(CC) $(ALL_CFLAGS) -fPIC -fvisibility=hidden -DTRABAO_EXTENSION -MMD -MP -c -o $@ $<

-include $(EXTENSION_OBJECTS:.o=.d)
