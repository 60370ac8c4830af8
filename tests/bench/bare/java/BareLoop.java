// The shortest honest handoff in Java, a yardstick for Baton: see ../cpp/bare_loop.cc.
//
//   java BareLoop BROKERS REDIS_PORT SCRIPT IN OUT GROUP PREFIX
//
// Runs until SIGTERM.
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;

public final class BareLoop {
  private static final Duration WAIT = Duration.ofMillis(50);

  private final ObjectMapper json = new ObjectMapper();
  private final Jedis redis;
  private final String script;
  private final String out;
  private final String prefix;

  private BareLoop(int redisPort, String scriptFile, String out, String prefix) throws Exception {
    this.redis = new Jedis("127.0.0.1", redisPort);
    this.script = redis.scriptLoad(Files.readString(Path.of(scriptFile)));
    this.out = out;
    this.prefix = prefix;
  }

  public static void main(String[] args) throws Exception {
    var loop = new BareLoop(Integer.parseInt(args[1]), args[2], args[4], args[6]);
    Map<String, Object> reading = Map.of("bootstrap.servers", args[0], "group.id", args[5],
        "auto.offset.reset", "earliest", "enable.auto.commit", "false", "max.poll.records", "500");
    Map<String, Object> writing = Map.of("bootstrap.servers", args[0], "enable.idempotence",
        "true", "acks", "all", "linger.ms", "2", "batch.size", "131072");
    try (var consumer = new KafkaConsumer<>(reading, new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
        var producer = new KafkaProducer<>(writing, new ByteArraySerializer(),
            new ByteArraySerializer())) {
      var main = Thread.currentThread();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> {
        consumer.wakeup();
        try {
          main.join();
        } catch (InterruptedException interrupted) {
          main.interrupt();
        }
      }));
      consumer.subscribe(List.of(args[3]));
      loop.run(consumer, producer);
    } catch (WakeupException stopped) {
      // SIGTERM: leaving the block closes both clients.
    }
  }

  private void run(KafkaConsumer<byte[], byte[]> consumer,
      KafkaProducer<byte[], byte[]> producer) throws Exception {
    while (true) {
      var records = consumer.poll(WAIT);
      if (!records.isEmpty()) {
        handOff(records, producer);
        consumer.commitAsync();
      }
    }
  }

  private void handOff(Iterable<ConsumerRecord<byte[], byte[]>> records,
      KafkaProducer<byte[], byte[]> producer) throws Exception {
    var events = new ArrayList<JsonNode>();
    var reps = new ArrayList<Response<Object>>();
    Pipeline pipeline = redis.pipelined();
    for (var record : records) {
      JsonNode event = json.readTree(record.value());
      events.add(event);
      reps.add(ask(pipeline, event));
    }
    pipeline.sync();
    var sent = new ArrayList<Future<RecordMetadata>>();
    for (int i = 0; i < events.size(); i++) {
      sent.add(producer.send(answer(events.get(i), (String) reps.get(i).get())));
    }
    producer.flush();
    for (var each : sent) {
      each.get();
    }
  }

  private Response<Object> ask(Pipeline pipeline, JsonNode event) {
    String lead = event.path("subject").asText();
    String id = event.path("id").asText();
    JsonNode facts = event.path("data").path("attributes");
    return pipeline.evalsha(script,
        List.of(prefix + ":lead:" + lead, prefix + ":reps", prefix + ":deadlines",
            prefix + ":trace"),
        List.of(id, "0", lead, event.path("source").asText(), facts.path("email").asText(),
            facts.path("country").asText(), Long.toString(facts.path("employees").asLong() / 100),
            "lead=" + lead + ";event=" + id + ";company=" + facts.path("company").asText()));
  }

  private ProducerRecord<byte[], byte[]> answer(JsonNode event, String rep) throws Exception {
    String lead = event.path("subject").asText();
    JsonNode facts = event.path("data").path("attributes");
    var assigned = json.createObjectNode();
    assigned.put("lead", lead).put("rep", rep).put("change", "assigned");
    assigned.put("cause", event.path("id").asText());
    assigned.put("country", facts.path("country").asText());
    assigned.put("email", facts.path("email").asText());
    assigned.put("source", event.path("source").asText());
    return new ProducerRecord<>(out, lead.getBytes(StandardCharsets.UTF_8),
        json.writeValueAsBytes(assigned));
  }
}
