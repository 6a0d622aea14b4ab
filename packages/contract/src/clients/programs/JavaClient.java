// The client of java.net.http. Reads tasks from stdin, a line each.
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Scanner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

public class JavaClient {
    public static void main(String[] args) {
        HttpClient client = HttpClient.newHttpClient();
        Scanner lines = new Scanner(System.in, StandardCharsets.UTF_8);
        while (lines.hasNextLine()) {
            String[] task = lines.nextLine().split("\t", -1);
            Exchange exchange = new Exchange(task[1], Base64.getDecoder().decode(task[2]));
            client.newWebSocketBuilder().buildAsync(URI.create(task[0]), exchange).join();
            System.out.println(exchange.result.join());
        }
    }

    private static final class Exchange implements WebSocket.Listener {
        final CompletableFuture<String> result = new CompletableFuture<>();
        private final String kind;
        private final byte[] sent;
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private String echo = "none";
        private String pong = "none";

        Exchange(String kind, byte[] sent) {
            this.kind = kind;
            this.sent = sent;
        }

        @Override
        public void onOpen(WebSocket socket) {
            CompletableFuture<WebSocket> done = kind.equals("text")
                ? socket.sendText(new String(sent, StandardCharsets.UTF_8), true)
                : socket.sendBinary(ByteBuffer.wrap(sent), true);
            done.thenCompose(open -> open.sendPing(ByteBuffer.allocate(4)));
            socket.request(Long.MAX_VALUE);
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            received.writeBytes(part.toString().getBytes(StandardCharsets.UTF_8));
            return whole(socket, "text", last);
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer part, boolean last) {
            byte[] bytes = new byte[part.remaining()];
            part.get(bytes);
            received.writeBytes(bytes);
            return whole(socket, "binary", last);
        }

        @Override
        public CompletionStage<?> onPong(WebSocket socket, ByteBuffer payload) {
            pong = "pong";
            return closeWhenDone(socket);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            finish(code);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            finish(1006);
        }

        private CompletionStage<?> whole(WebSocket socket, String as, boolean last) {
            if (!last) return null;
            echo = as.equals(kind) && Arrays.equals(received.toByteArray(), sent) ? "same" : "other";
            return closeWhenDone(socket);
        }

        private CompletionStage<?> closeWhenDone(WebSocket socket) {
            if (!echo.equals("none") && !pong.equals("none")) socket.sendClose(4001, "");
            return null;
        }

        private void finish(int code) {
            result.complete(String.join("\t", echo, pong, Integer.toString(code), "plain"));
        }
    }
}
