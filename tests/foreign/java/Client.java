import baton.v1.AssignmentServiceGrpc;
import baton.v1.AssignmentServiceOuterClass.AcceptAssignmentRequest;
import baton.v1.AssignmentServiceOuterClass.Assignment;
import baton.v1.AssignmentServiceOuterClass.DeclineAssignmentRequest;
import baton.v1.AssignmentServiceOuterClass.ListAssignmentsRequest;
import baton.v1.AssignmentServiceOuterClass.LogTouchRequest;
import baton.v1.AssignmentServiceOuterClass.ReportOutcomeRequest;
import baton.v1.AssignmentServiceOuterClass.WatchAssignmentsRequest;
import baton.v1.AssignmentServiceOuterClass.WatchAssignmentsResponse;
import baton.v1.AssignmentServiceOuterClass.WatchAssignmentsResponse.Kind;
import baton.v1.LeadOuterClass.AttributeValue;
import baton.v1.LeadOuterClass.Stage;
import baton.v1.LeadServiceGrpc;
import baton.v1.LeadServiceOuterClass.GetLeadJourneyRequest;
import baton.v1.LeadServiceOuterClass.GetLeadJourneyResponse;
import baton.v1.LeadServiceOuterClass.LeadEvent;
import baton.v1.LeadServiceOuterClass.LeadEventType;
import baton.v1.LeadServiceOuterClass.SubmitLeadEventsRequest;
import com.google.gson.Gson;
import com.google.protobuf.Any;
import com.google.protobuf.util.Timestamps;
import com.google.rpc.ErrorInfo;
import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.AbstractBlockingStub;
import io.grpc.stub.MetadataUtils;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The scenario of tests/foreign/README.md with grpc-java. */
public final class Client {
  private static final int DEADLINE_S = 20;

  private final ManagedChannel channel;
  private final String parent;
  private final String lead;
  private final LeadServiceGrpc.LeadServiceBlockingStub marketing;
  private final LeadServiceGrpc.LeadServiceBlockingStub reader;
  private final AssignmentServiceGrpc.AssignmentServiceBlockingStub rep;
  private final Map<String, Object> said = new LinkedHashMap<>();

  private Client(ManagedChannel channel, Path tokens, String workspace, String lead)
      throws IOException {
    this.channel = channel;
    this.parent = "workspaces/" + workspace;
    this.lead = lead;
    marketing = as(tokens.resolve("marketing"), LeadServiceGrpc.newBlockingStub(channel));
    reader = as(tokens.resolve("rep"), LeadServiceGrpc.newBlockingStub(channel));
    rep = as(tokens.resolve("rep"), AssignmentServiceGrpc.newBlockingStub(channel));
  }

  private static <S extends AbstractBlockingStub<S>> S as(Path token, S stub) throws IOException {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
        "Bearer " + Files.readString(token));
    return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static <S extends AbstractBlockingStub<S>> S soon(S stub) {
    return stub.withDeadlineAfter(DEADLINE_S, TimeUnit.SECONDS);
  }

  private static Assignment nextOf(
      Iterator<WatchAssignmentsResponse> stream, Kind kind, Stage stage) {
    while (stream.hasNext()) {
      WatchAssignmentsResponse response = stream.next();
      boolean wanted = stage == null || response.getAssignment().getStage() == stage;
      if (response.getKind() == kind && wanted) return response.getAssignment();
    }
    throw new IllegalStateException("the stream ended");
  }

  /** Code and reason with which the call is refused. */
  private static Map<String, String> refusal(Runnable call) {
    try {
      call.run();
      return null;
    } catch (StatusRuntimeException refused) {
      try {
        for (Any detail : StatusProto.fromThrowable(refused).getDetailsList()) {
          if (!detail.is(ErrorInfo.class)) continue;
          Map<String, String> found = new LinkedHashMap<>();
          found.put("code", refused.getStatus().getCode().name());
          found.put("reason", detail.unpack(ErrorInfo.class).getReason());
          return found;
        }
      } catch (IOException broken) {
        throw new IllegalStateException(broken);
      }
      return null;
    }
  }

  private static AttributeValue text(String value) {
    return AttributeValue.newBuilder().setStringValue(value).build();
  }

  private int submit() {
    LeadEvent event = LeadEvent.newBuilder().setId(lead + "-1").setSource("//shop.example/forms")
        .setType(LeadEventType.LEAD_EVENT_TYPE_CAPTURED).setLead(lead)
        .setActivity("demo_request").putAttribution("campaign", "spring")
        .putAttributes("email", text(lead + "@acme.example"))
        .putAttributes("employees", AttributeValue.newBuilder().setIntValue(300).build())
        .putAttributes("country", text("DE")).build();
    return soon(marketing).submitLeadEvents(SubmitLeadEventsRequest.newBuilder()
        .setParent(parent).addEvents(event).build()).getAcceptedCount();
  }

  /** Watches, submits, accepts twice and hears of it; returns the assignment's name. */
  private String takeOver(String who) {
    WatchAssignmentsRequest watch = WatchAssignmentsRequest.newBuilder()
        .setParent(parent + "/reps/" + who).build();
    Iterator<WatchAssignmentsResponse> stream =
        rep.withDeadlineAfter(60, TimeUnit.SECONDS).watchAssignments(watch);
    nextOf(stream, Kind.KIND_SNAPSHOT_END, null);
    said.put("submitted", submit());
    Assignment offer = nextOf(stream, Kind.KIND_UPDATED, Stage.STAGE_OFFERED);
    said.put("offered", List.of(offer.getLead().equals(parent + "/leads/" + lead),
        offer.getFit(), offer.getIntent()));

    AcceptAssignmentRequest accept = AcceptAssignmentRequest.newBuilder()
        .setName(offer.getName()).setRequestId(lead + "-accept").build();
    Assignment first = soon(rep).acceptAssignment(accept).getAssignment();
    said.put("repeat", first.equals(soon(rep).acceptAssignment(accept).getAssignment()));
    said.put("heard",
        nextOf(stream, Kind.KIND_UPDATED, Stage.STAGE_ACCEPTED).getStage().name());
    return offer.getName();
  }

  private Stage report(ReportOutcomeRequest.Builder outcome) {
    return soon(rep).reportOutcome(outcome.build()).getLead().getStage();
  }

  private void win(String name) throws java.text.ParseException {
    soon(rep).logTouch(LogTouchRequest.newBuilder().setName(name).setChannel("call")
        .setOutcome("connected").build());
    report(ReportOutcomeRequest.newBuilder().setName(name).setOutcome(Stage.STAGE_SQL));
    report(ReportOutcomeRequest.newBuilder().setName(name).setOutcome(Stage.STAGE_SQO)
        .setAmountMinor(1_000_000_000_000_000L).setCurrency("EUR")
        .setCloseTime(Timestamps.parse("2031-03-01T00:00:00Z")));
    said.put("stage", report(ReportOutcomeRequest.newBuilder().setName(name)
        .setOutcome(Stage.STAGE_WON)).name());
  }

  private void readJourney() {
    List<String> types = new ArrayList<>();
    int pages = 0;
    String pageToken = "";
    do {
      GetLeadJourneyResponse page = soon(reader).getLeadJourney(GetLeadJourneyRequest.newBuilder()
          .setName(parent + "/leads/" + lead).setPageSize(3).setPageToken(pageToken).build());
      pages++;
      page.getEntriesList().forEach(entry -> types.add(entry.getType()));
      pageToken = page.getNextPageToken();
    } while (!pageToken.isEmpty());
    said.put("pages", pages);
    said.put("journey", types);
  }

  private void run(String who) throws Exception {
    Context.CancellableContext watching = Context.current().withCancellation();
    String name = watching.call(() -> takeOver(who));
    watching.cancel(null);
    win(name);
    said.put("refused", refusal(() -> soon(rep).declineAssignment(
        DeclineAssignmentRequest.newBuilder().setName(name).build())));
    said.put("nobody", refusal(() -> soon(AssignmentServiceGrpc.newBlockingStub(channel))
        .listAssignments(ListAssignmentsRequest.newBuilder().setParent(parent).build())));
    readJourney();
    System.out.println(new Gson().toJson(said));
  }

  public static void main(String[] args) throws Exception {
    ManagedChannel channel = Grpc.newChannelBuilder(args[0],
        TlsChannelCredentials.newBuilder().trustManager(new File(args[1])).build()).build();
    try {
      new Client(channel, Path.of(args[2]), args[3], args[5]).run(args[4]);
    } finally {
      channel.shutdownNow();
    }
  }
}
