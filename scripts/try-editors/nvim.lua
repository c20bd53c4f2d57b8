-- Driven by scripts/try-editors.mjs, which puts the documented configuration in.
CONFIGURATION
local function say(kind, text) io.stdout:write(kind .. " " .. text .. "\n") end
vim.api.nvim_create_autocmd("VimEnter", { nested = true, callback = function()
  vim.cmd.edit("FOLDER/top.cfg")
  local errors = { severity = vim.diagnostic.severity.ERROR }
  vim.wait(20000, function() return #vim.diagnostic.get(0, errors) > 0 end, 50)
  for _, found in ipairs(vim.diagnostic.get(0, errors)) do say("DIAGNOSTIC", found.message) end
  local at = { textDocument = vim.lsp.util.make_text_document_params(), position = { line = 6, character = 12 } }
  for _, answer in pairs(vim.lsp.buf_request_sync(0, "textDocument/completion", at, 10000) or {}) do
    for _, item in ipairs(answer.result.items) do say("COMPLETION", item.label) end
  end
  vim.api.nvim_win_set_cursor(0, { 5, 22 })
  vim.lsp.buf.definition()
  vim.wait(10000, function() return vim.api.nvim_buf_get_name(0):match("base.cfg$") ~= nil end, 50)
  say("DEFINITION", vim.api.nvim_buf_get_name(0) .. " " .. vim.api.nvim_win_get_cursor(0)[1])
  vim.cmd("qa!")
end })
