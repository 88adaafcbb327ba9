import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.util.List;

/**
 * Starts mongo-java-server, a MongoDB in memory for tests, with its change streams, on a free port of this machine.
 * Prints `port N` and ends when its standard input ends.
 */
class StandIn {
  public static void main(String[] arguments) throws Exception {
    MemoryBackend backend = new MemoryBackend();
    backend.version(new Version());
    MongoServer server = new MongoServer(backend);
    server.enableOplog();
    server.bind("127.0.0.1", 0);
    System.out.println("port " + server.getLocalAddress().getPort());
    System.out.flush();
    while (System.in.read() >= 0) {
    }
    server.shutdownNow();
    System.exit(0);
  }

  /** The version that the driver takes it for: the oldest that it speaks to. */
  static class Version implements MongoVersion {
    @Override
    public List<Integer> getVersionArray() {
      return List.of(5, 0, 0);
    }

    @Override
    public int getWireVersion() {
      return 13;
    }

    @Override
    public String toVersionString() {
      return "5.0.0";
    }
  }
}
