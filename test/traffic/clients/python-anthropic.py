import anthropic

client = anthropic.Anthropic(api_key="test", max_retries=0)
tools = [{"name": "add", "description": "Adds two numbers", "input_schema": {"type": "object", "properties": {"a": {"type": "number"}}}}]
messages = [{"role": "user", "content": "2 and 2?"}]
with client.messages.stream(model="claude-sonnet-5", max_tokens=100, system="You add numbers.", messages=messages, tools=tools) as stream:
    said = stream.get_final_message()
messages += [
    {"role": "assistant", "content": said.content},
    {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_01A", "content": "4"}]},
]
client.messages.create(model="claude-sonnet-5", max_tokens=100, messages=messages, tools=tools)
client.beta.messages.create(
    model="claude-sonnet-5",
    max_tokens=100,
    messages=[{"role": "user", "content": "Who is Ada?"}],
    mcp_servers=[{"type": "url", "name": "crm", "url": "https://crm.example/mcp"}],
    container={"skills": [{"type": "anthropic", "skill_id": "xlsx", "version": "latest"}]},
    betas=["mcp-client-2025-11-20", "skills-2025-10-02"],
)
front = "---\nname: adder\ndescription: Adds numbers.\n---\n\nRun scripts/add.sh.\n"
client.beta.skills.create(
    display_name="Adder",
    files=[("adder/SKILL.md", front.encode(), "text/markdown"), ("adder/scripts/add.sh", b'#!/bin/sh\necho "$(($1 + $2))"\n', "text/x-sh")],
    betas=["skills-2025-10-02"],
)
