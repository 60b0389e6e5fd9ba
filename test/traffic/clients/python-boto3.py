import boto3

keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
client = boto3.client("bedrock-runtime", region_name="eu-central-1", **keys)
settings = {
    "modelId": "eu.amazon.nova-pro-v1:0",
    "system": [{"text": "You add numbers."}],
    "toolConfig": {"tools": [{"toolSpec": {"name": "add", "description": "Adds two numbers", "inputSchema": {"json": {"type": "object"}}}}]},
}
messages = [{"role": "user", "content": [{"text": "2 and 2?"}]}]
for _ in client.converse_stream(messages=messages, **settings)["stream"]:
    pass
messages += [
    {"role": "assistant", "content": [{"text": "The sum is 4."}, {"toolUse": {"toolUseId": "tooluse_1", "name": "add", "input": {"a": 2, "b": 2}}}]},
    {"role": "user", "content": [{"toolResult": {"toolUseId": "tooluse_1", "content": [{"text": "4"}]}}]},
]
client.converse(messages=messages, **settings)
