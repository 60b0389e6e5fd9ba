import cohere

client = cohere.ClientV2(api_key="test")
tools = [{"type": "function", "function": {"name": "add", "description": "Adds two numbers", "parameters": {"type": "object", "properties": {}}}}]
messages = [{"role": "system", "content": "You add numbers."}, {"role": "user", "content": "2 and 2?"}]
for _ in client.chat_stream(model="command-a-03-2025", messages=messages, tools=tools):
    pass
messages += [
    {"role": "assistant", "tool_plan": "I will add them.", "tool_calls": [{"id": "add_1", "type": "function", "function": {"name": "add", "arguments": '{"a":2,"b":2}'}}]},
    {"role": "tool", "tool_call_id": "add_1", "content": "4"},
]
client.chat(model="command-a-03-2025", messages=messages, tools=tools)
