/* lua_html: libgumbo takes its memory from blocks that a Lua table holds; when there have been too
 * many, the parse is left as it is. */
#include "host/lua_html.h"

#include <gumbo.h>
#include <lauxlib.h>
#include <setjmp.h>

#include "base/text.h"

enum { BLOCK = 256 * 1024, ALIGNMENT = 16 };
static const size_t most_memory = 32u * 1024 * 1024;

typedef struct arena {
  lua_State *L;
  int blocks; /* where the table of them is */
  char *next;
  size_t left, taken, most;
  jmp_buf over;
} arena;

static void *take(void *from, size_t bytes) {
  arena *a = from;
  if (bytes > a->most - a->taken) longjmp(a->over, 1);
  bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  a->taken += bytes < a->most - a->taken ? bytes : a->most - a->taken;
  if (bytes > a->left) {
    a->left = bytes > BLOCK ? bytes : BLOCK;
    a->next = lua_newuserdatauv(a->L, a->left, 0);
    lua_rawseti(a->L, a->blocks, (lua_Integer)lua_rawlen(a->L, a->blocks) + 1);
  }
  void *given = a->next;
  a->next += bytes;
  a->left -= bytes;
  return given;
}

static void keep(void *from, void *memory) { (void)from, (void)memory; }

static void push_element(lua_State *L, const GumboElement *element, const char *page) {
  static const char *const kinds[] = {"", "svg:", "math:"};
  lua_Integer at = (lua_Integer)(element->original_tag.data - page) + 1;
  luaL_Buffer text;
  lua_createtable(L, 0, 5);
  GumboStringPiece name = element->original_tag;
  gumbo_tag_from_original_text(&name);
  luaL_buffinit(L, &text);
  luaL_addstring(&text, kinds[element->tag_namespace]);
  for (size_t i = 0; i < name.length; i++) luaL_addchar(&text, text_lower(name.data[i]));
  luaL_pushresult(&text);
  lua_setfield(L, -2, "name");
  lua_pushinteger(L, at);
  lua_setfield(L, -2, "at");
  lua_pushinteger(L, at + (lua_Integer)element->original_tag.length);
  lua_setfield(L, -2, "after");
  lua_createtable(L, (int)element->attributes.length, 0);
  for (unsigned i = 0; i < element->attributes.length; i++) {
    const GumboAttribute *attribute = element->attributes.data[i];
    lua_createtable(L, 2, 0);
    lua_pushstring(L, attribute->name);
    lua_rawseti(L, -2, 1);
    lua_pushstring(L, attribute->value);
    lua_rawseti(L, -2, 2);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "attributes");
  if (element->tag != GUMBO_TAG_STYLE) return;
  luaL_buffinit(L, &text);
  for (unsigned i = 0; i < element->children.length; i++) {
    const GumboNode *child = element->children.data[i];
    if (child->type == GUMBO_NODE_TEXT || child->type == GUMBO_NODE_WHITESPACE)
      luaL_addstring(&text, child->v.text.text);
  }
  luaL_pushresult(&text);
  lua_setfield(L, -2, "text");
}

static bool is_element(const GumboNode *node) {
  return node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_TEMPLATE;
}

/* The node after `node` in the order of the page; NULL after the last. */
static const GumboNode *next_node(const GumboNode *node) {
  if (is_element(node) && node->v.element.children.length > 0)
    return node->v.element.children.data[0];
  for (; node->parent && is_element(node->parent); node = node->parent) {
    const GumboVector *siblings = &node->parent->v.element.children;
    if (node->index_within_parent + 1 < siblings->length)
      return siblings->data[node->index_within_parent + 1];
  }
  return NULL;
}

static bool is_read(const GumboNode *node) {
  if (node->type != GUMBO_NODE_TEXT) return false;
  GumboTag tag = node->parent->v.element.tag;
  return tag != GUMBO_TAG_STYLE && tag != GUMBO_TAG_TITLE;
}

/* What people read of the page, a line for each of its texts. */
static void push_text(lua_State *L, const GumboNode *root) {
  luaL_Buffer text;
  luaL_buffinit(L, &text);
  for (const GumboNode *node = root; node; node = next_node(node)) {
    if (!is_read(node)) continue;
    luaL_addstring(&text, node->v.text.text);
    luaL_addchar(&text, '\n');
  }
  luaL_pushresult(&text);
}

int lua_html(lua_State *L) {
  size_t length;
  const char *page = luaL_checklstring(L, 1, &length);
  lua_settop(L, 1);
  lua_newtable(L);
  arena memory = {.L = L, .blocks = 2, .most = most_memory + 8 * length};
  GumboOptions options = kGumboDefaultOptions;
  options.allocator = take;
  options.deallocator = keep;
  options.userdata = &memory;
  options.max_errors = 0;
  luaL_checkstack(L, 16, NULL);
  if (setjmp(memory.over) != 0) return 0;
  const GumboOutput *parsed = gumbo_parse_with_options(&options, page, length);
  lua_newtable(L);
  lua_Integer count = 0;
  for (const GumboNode *node = parsed->root; node; node = next_node(node)) {
    if (!is_element(node) || node->v.element.original_tag.length == 0) continue;
    push_element(L, &node->v.element, page);
    lua_rawseti(L, 3, ++count);
  }
  push_text(L, parsed->root);
  return 2;
}
