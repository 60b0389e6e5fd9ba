import litellm

litellm.telemetry = False
messages = [{"role": "system", "content": "You add numbers."}, {"role": "user", "content": "2 and 2?"}]
for _ in litellm.completion(model="openai/gpt-5", api_key="test", messages=messages, stream=True, num_retries=0):
    pass
litellm.completion(model="anthropic/claude-sonnet-5", api_key="test", max_tokens=100, messages=messages, num_retries=0)
litellm.completion(model="gemini/gemini-3-pro", api_key="test", messages=messages, num_retries=0)
